import { type Diagnostic, sortDiagnostics } from '@cluster-forge/base';
import { type builtinKind, builtinVersion } from '@cluster-forge/kube/schema/builtin';
import type { Platform } from '../config/platform.ts';
import { readObjects } from '../objects/readable.ts';
import { indexObjects } from '../objects/set.ts';
import type { Rendered } from '../smelt/rendered.ts';
import { pinpoint } from './pinpoint.ts';
import { CHECK_RULES } from './rules/rules.ts';
import { schemaBook } from './schema-book.ts';

/** What the platform is checked against. */
export interface CheckOptions {
  /** Version of the target, such as `v1.34.1`. Default: the one that the built-in schemas were read from. */
  readonly kubernetesVersion?: string;
  /** Schemas of built-in kinds. Default: the generated ones, read from disk when first used. */
  readonly schemas?: typeof builtinKind;
}

/**
 * Everything that can be seen to be wrong without a cluster, all at once, in the order of files. Pure but for the reading of generated schemas.
 * Errors are what the API server refuses or what never becomes ready; warnings are for people to judge. An object that cannot be read is one
 * finding, and the rest is checked without it.
 */
export function check(
  rendered: readonly Rendered[],
  platform: Platform,
  options: CheckOptions = {},
): readonly Diagnostic[] {
  const readable = readObjects(rendered);
  const set = indexObjects(platform, readable.rendered);
  const kubernetesMinor = minorOf(options.kubernetesVersion ?? builtinVersion());
  const input = { platform, set, schemas: schemaBook(set, options.schemas), kubernetesMinor };
  const found = pinpoint(
    CHECK_RULES.flatMap((rule) => rule.check(input)),
    set,
  );
  return sortDiagnostics([...readable.findings, ...found]);
}

function minorOf(version: string): number {
  return Number(/^v?\d+\.(\d+)/.exec(version)?.[1] ?? 0);
}
