import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Diagnostic, Result } from '@cluster-forge/base';
import { onTestFinished } from 'vitest';
import { loadPlatform } from './config.ts';
import type { Platform } from './platform.ts';
import type { PlatformRequest } from './request.ts';

/** Files by path. `catalog/NAME` without an extension stands for its component.yaml with this spec; so do `stacks/NAME` and `platform`. */
export type Files = Readonly<Record<string, string>>;

/** Text of a component file with a spec; two lines of `spec` at least, indented by two. Line 5 is the first line of the spec. */
export function component(name: string, spec = ''): string {
  const metadata = `metadata: {name: ${name}, category: test/test, title: Test, license: Apache-2.0}`;
  const basics = ['version', 'namespace', 'sources'].filter((key) => !new RegExp(`^  ${key}:`, 'm').test(spec));
  const defaults = { version: '1.0.0', namespace: name, sources: '[]' } as const;
  const lines = basics.map((key) => `  ${key}: ${defaults[key as keyof typeof defaults]}`); // the keys of `defaults`
  return [
    `apiVersion: clusterforge.dev/v1alpha1`,
    'kind: Component',
    metadata,
    'spec:',
    ...(spec === '' ? [] : [spec]),
    ...lines,
    '',
  ].join('\n');
}

/** Text of a stack file; line 5 is the first line of the spec. */
export function stack(name: string, spec: string): string {
  return `apiVersion: clusterforge.dev/v1alpha1\nkind: Stack\nmetadata: {name: ${name}}\nspec:\n${spec}\n`;
}

/** Text of a platform file; line 5 is the first line of the spec. */
export function platform(spec: string): string {
  return `apiVersion: clusterforge.dev/v1alpha1\nkind: Platform\nmetadata: {name: test}\nspec:\n${spec}\n`;
}

export interface Loaded {
  readonly directory: string;
  readonly result: Result<Platform>;
  /** The platform; throws the problems when there is none. */
  readonly platform: Platform;
  /** Errors, or warnings when it loaded; files relative to the directory. */
  readonly problems: readonly Diagnostic[];
}

/** Writes files into a directory of its own, removed after the test, and loads `platform.yaml` there with `builtin/` as built-in catalog. */
export async function loadFiles(files: Files, request: Partial<PlatformRequest> = {}): Promise<Loaded> {
  const directory = await mkdtemp(join(tmpdir(), 'forge-config-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await mkdir(join(directory, 'builtin'), { recursive: true });
  const result = await loadPlatform(
    { directory, catalogs: [join(directory, 'builtin')], ...request },
    { signal: new AbortController().signal },
  );
  const problems = result.ok ? result.warnings : result.failure;
  return {
    directory,
    result,
    problems: JSON.parse(JSON.stringify(problems).replaceAll(`${directory}/`, '')) as readonly Diagnostic[], // the same list with shorter paths
    get platform() {
      if (result.ok) return result.value;
      throw new Error(problems.map(({ code, what }) => `${code}: ${what}`).join('\n'));
    },
  };
}

/** A component with a setting in every layer: `from` names the strongest one. */
export const layeredFiles: Files = {
  'builtin/app/component.yaml': component(
    'app',
    '  sizes: {small: {values: {from: size, size: s}}}\n  values: {from: component, component: c}',
  ),
  'builtin/app/values.yaml': 'from: values.yaml\nfile: f\nlist: [1]\n',
  'builtin/extra/component.yaml': component('extra'),
  'builtin/low/stack.yaml': stack(
    'low',
    '  params: {size: {type: string, default: small}}\n  components: {app: {values: {from: low, low: l}}}',
  ),
  'builtin/high/stack.yaml': stack(
    'high',
    '  extends: [low]\n  components: {app: {values: {from: high, high: h}}}\n  collections:\n    more:\n      components: {app: {values: {from: collection, collection: c}}, extra: {}}',
  ),
};
