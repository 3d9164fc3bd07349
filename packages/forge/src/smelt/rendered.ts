import type { Digest } from '@cluster-forge/base/hash';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';

/** One component's objects, rendered and ready to be checked, planned and applied. */
export interface Rendered {
  readonly component: string;
  /** Digest of everything that decides the output (see fingerprint.ts): equal fingerprints mean equal bytes. */
  readonly fingerprint: Digest;
  readonly objects: readonly RenderedObject[];
  /** Objects of the source that a deploy does not apply, each with the reason: helm test, delete, upgrade and rollback hooks. */
  readonly withheld: readonly { readonly manifest: Manifest; readonly reason: string }[];
  /** The renderer was not run: the store had this fingerprint. */
  readonly cached: boolean;
}

export interface RenderedObject {
  readonly manifest: Manifest;
  /** Hooks run before (`pre`) or after (`post`) the component's main objects; `weight` orders objects within a phase. */
  readonly phase: 'pre' | 'main' | 'post';
  readonly weight: number;
  /** Absolute path in the working tree. */
  readonly file: string;
}
