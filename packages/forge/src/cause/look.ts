import type { Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { HealthBook } from '@cluster-forge/kube/health/verdict';
import type { KubeObject, ObjectId } from '@cluster-forge/kube/object';

/** One step of the chain from what a person asked about to what is really wrong. `id` is absent for events and missing things. */
export interface Cause {
  readonly subject: string;
  readonly says: string;
  readonly id?: ObjectId;
}

/** Where a chain goes on: another object that is not ready, or a cause that ends it. */
export type Link = { readonly object: KubeObject } | Cause;

/** What looking for causes needs. */
export interface Look {
  readonly cluster: Cluster;
  readonly book: HealthBook;
  readonly ctx: Context;
}

export function namespaceOf(object: KubeObject): string {
  const namespace = object.metadata['namespace'];
  return typeof namespace === 'string' ? namespace : 'default';
}
