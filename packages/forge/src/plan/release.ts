import type { Digest } from '@cluster-forge/base/hash';
import type { Platform } from '../config/platform.ts';
import type { Rendered } from '../smelt/rendered.ts';
import type { Graph } from './graph.ts';

/** The one thing all later stages take: a platform, what it renders to, and the order. Plain data; a deploy gives it its number. */
export interface Release {
  readonly platform: Platform;
  readonly lockDigest: Digest;
  readonly rendered: readonly Rendered[];
  readonly graph: Graph;
  /** Digest of all objects and edges: two releases with the same digest deploy the same. */
  readonly graphDigest: Digest;
}
