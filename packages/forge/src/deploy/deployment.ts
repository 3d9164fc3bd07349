import type { Digest } from '@cluster-forge/base/hash';
import type { Diagnostic } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import type { ObjectId } from '@cluster-forge/kube/object';
import type { SecretSource } from './secret-values.ts';

/** Where a release goes. */
export interface DeployTarget {
  readonly cluster: Cluster;
  /**
   * Changes an object for this target before it is applied, for example to detach webhooks that nobody serves in a lab. Without `manifest` the object
   * is left out; its node then counts as done. What it does is told in `notes`, never silent.
   */
  readonly adapt?: (manifest: Manifest) => Adapted;
}

export interface Adapted {
  readonly manifest?: Manifest;
  readonly notes: readonly AdaptNote[];
}

/** One change that a target made to an object, and why. */
export interface AdaptNote {
  readonly object: ObjectId;
  readonly what: string;
  readonly why: string;
}

export interface DeployOptions {
  /** Take fields from other field managers instead of failing with E_DEPLOY_CONFLICT. Default false. */
  readonly forceConflicts?: boolean;
  /** Remove what the platform's inventory has and the release has not. Default true. */
  readonly prune?: boolean;
  /** Let prune remove volume claims and generated secrets too. Default false: they are kept, and told. */
  readonly pruneData?: boolean;
  /** Objects on their way at once. Default 16; CRDs use at most half of them. */
  readonly concurrency?: number;
  /**
   * How long a custom object may go without any status once all else in its component is ready; then it counts as ready, with a note. Kinds with a
   * health rule of their own wait for ever. Default 15,000.
   */
  readonly unobservedGraceMs?: number;
  /** Whom the lease and the release record name. Default: user and host. */
  readonly who?: string;
  /** Replaces every component's gate timeout. */
  readonly gateTimeoutMs?: number;
  /** Where generated secrets come from. Default: node:crypto. */
  readonly secrets?: SecretSource;
}

export type Outcome = 'succeeded' | 'unchanged' | 'failed' | 'interrupted';

/** What a deploy did. Times are milliseconds since the deploy began. */
export interface Deployment {
  readonly platform: string;
  readonly outcome: Outcome;
  /** Number of the release record; absent when nothing had to be written. */
  readonly release?: number;
  readonly graphDigest: Digest;
  readonly durationMs: number;
  readonly components: readonly ComponentOutcome[];
  readonly objects: readonly ObjectOutcome[];
  /** Chain of nodes that decided how long it took, first to last. */
  readonly criticalPath: readonly CriticalStep[];
  /** What a target changed, what was counted as ready without proof, what was kept on purpose. */
  readonly notes: readonly string[];
  /** Why it did not succeed; empty otherwise. */
  readonly problems: readonly Diagnostic[];
  readonly pruned: readonly string[];
  readonly requests: { readonly mutating: number; readonly byVerb: Readonly<Record<string, number>> };
}

export interface ComponentOutcome {
  readonly component: string;
  readonly state: 'ready' | 'failed' | 'blocked' | 'waiting';
  readonly startedMs?: number;
  readonly readyMs?: number;
  /** What it was waiting for when the deploy ended; absent when ready. */
  readonly reason?: string;
}

export interface ObjectOutcome {
  /** Node id; for objects and secrets their `objectKey`. */
  readonly id: string;
  readonly component: string;
  readonly action: 'applied' | 'unchanged' | 'created' | 'kept' | 'recreated' | 'left out' | 'none';
  readonly beganMs?: number;
  readonly appliedMs?: number;
  readonly readyMs?: number;
}

export interface CriticalStep {
  readonly id: string;
  readonly beganMs: number;
  readonly doneMs: number;
  /** Why it had to wait for the step before. */
  readonly reason?: string;
}
