import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { objectKey, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import { testContext } from './context.ts';

/**
 * The object as soon as it is as wanted, seen through a watch, so that no test sleeps. After `timeoutMs` it fails with what the object was last.
 * `wanted` gets undefined while the object does not exist.
 */
export async function until(
  cluster: Cluster,
  id: ObjectId,
  wanted: (object: KubeObject | undefined) => boolean,
  timeoutMs = 30_000,
): Promise<KubeObject | undefined> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeoutMs);
  let last: KubeObject | undefined;
  try {
    const query = {
      apiVersion: id.apiVersion,
      kind: id.kind,
      fieldSelector: `metadata.name=${id.name}`,
      ...(id.namespace === undefined ? {} : { namespace: id.namespace }),
    };
    for await (const event of cluster.watch(query, testContext(stop.signal))) {
      if (event.kind === 'stale') continue;
      last = event.kind === 'synced' ? event.items[0] : event.kind === 'upsert' ? event.object : undefined;
      if (wanted(last)) return last;
    }
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  throw new Error(
    `${objectKey(id)} was not as wanted after ${timeoutMs} ms; last: ${JSON.stringify(last?.['status'] ?? last ?? 'absent', null, 1)}`,
  );
}

/** True when a condition of that type has that status. */
export function hasCondition(object: KubeObject | undefined, type: string, status = 'True'): boolean {
  const conditions = (
    object?.['status'] as
      | { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
      | undefined
  )?.conditions;
  return conditions?.some((condition) => condition.type === type && condition.status === status) ?? false;
}
