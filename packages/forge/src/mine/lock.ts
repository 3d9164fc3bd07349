import type { Digest } from '@cluster-forge/base/hash';

/** `forge.lock`: every byte that goes in, by digest. Written sorted, so that equal inputs give equal bytes. */
export interface Lock {
  readonly version: 1;
  readonly sources: readonly LockedSource[];
}

/** A source as it was resolved. Local directories are locked by the digest of their sorted file list. */
export interface LockedSource {
  /** `<component>/<index>`. */
  readonly id: string;
  readonly kind: 'helm' | 'manifest' | 'files' | 'template' | 'kustomize';
  /** What was asked: a change here makes the lock stale for this source. */
  readonly request: Readonly<Record<string, string>>;
  /** Where the bytes came from, without credentials; absent for local files. */
  readonly resolved?: string;
  /** The exact version of a chart, where `request` may hold a range. */
  readonly version?: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** What mine hands to smelt: for each source the bytes it may use, already verified. */
export interface SourceTree {
  readonly lock: Lock;
  readonly trees: ReadonlyMap<string, MinedSource>;
}

export interface MinedSource {
  readonly id: string;
  readonly digest: Digest;
  /** Absolute path: a chart archive, one manifest file, or a directory, ready to be read by helm, kustomize or us. */
  readonly path: string;
  readonly form: 'archive' | 'file' | 'directory';
}
