import { digestOfParts, type Digest } from '@cluster-forge/base/hash';
import type { Component, Source } from '../config/platform.ts';
import type { MinedSource } from '../mine/lock.ts';
import type { Json } from '@cluster-forge/base';

/** Raised whenever the same inputs would come out of smelt differently: older results in stores are then not used. */
const smeltFormat = '1';

/** Everything that decides what a source renders to. Nothing else may: a renderer that reads more gives stale results. */
export interface SourceInputs {
  /** The kind and those of its fields that a renderer reads: release name, whether CRDs are included, globs. Paths are left out: content decides. */
  readonly source: Source;
  /** The bytes rendered. Also stands for the chart version. */
  readonly digest: MinedSource['digest'];
  /** Charts see it as `.Release.Namespace`, and it is injected into what names none. */
  readonly namespace: string;
  /** Charts branch on `.Capabilities.KubeVersion`. */
  readonly kubeVersion: string;
  /** Charts branch on `.Capabilities.APIVersions`. */
  readonly apiVersions: readonly string[];
  /** `helm v4.3.1`: another version may print or evaluate otherwise. Absent where no program runs. */
  readonly tool?: string;
  /** What template expressions see; absent for other kinds. */
  readonly scope?: Json;
}

/** Key of one source's rendering. */
export function sourceFingerprint(inputs: SourceInputs): Digest {
  return digestOfParts([
    smeltFormat,
    canonical(renderedFields(inputs.source)),
    inputs.digest,
    inputs.namespace,
    inputs.kubeVersion,
    canonical([...inputs.apiVersions].sort()),
    inputs.tool ?? '',
    canonical(inputs.scope ?? null),
  ]);
}

/** Key of a component's rendering before scopes are known: its name is in labels and provenance, the order of its sources in provenance. */
export function componentFingerprint(component: Component, sources: readonly Digest[]): Digest {
  return digestOfParts([component.name, component.namespace, ...sources]);
}

/** Key of a component's finished objects: kinds that are not built in are namespaced or not depending on the CRDs of the whole platform. */
export function finishedFingerprint(
  rendering: Digest,
  foreign: readonly (readonly [kind: string, scope: string])[],
): Digest {
  return digestOfParts([rendering, ...foreign.flat()]);
}

function renderedFields(source: Source): Json {
  switch (source.kind) {
    case 'helm':
      return { kind: 'helm', release: source.release, includeCrds: source.includeCrds, values: source.values };
    case 'files':
      return { kind: 'files', include: source.include };
    case 'kustomize':
      return { kind: 'kustomize', path: source.git?.path ?? '' };
    case 'manifest':
    case 'template':
      return { kind: source.kind };
    default:
      return source satisfies never;
  }
}

/** JSON with sorted keys: the order in which layers set values decides nothing. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
