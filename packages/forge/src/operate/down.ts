import { runTask, type Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { objectKey } from '@cluster-forge/kube/object';
import { acquireLease, defaultWho } from '../deploy/lease.ts';
import { applySetId, leaseId, parentId, recordId } from '../deploy/names.ts';
import { removeAll, type Removed } from '../deploy/remove.ts';
import { inspect, type Inspection } from './inspect.ts';

export interface DownOptions {
  /** Volume claims and generated secrets go too. Default false: they stay, and are told. */
  readonly withData?: boolean;
  /** Namespaces of the platform go although something else lives in them. Default false. */
  readonly withNamespaces?: boolean;
  /** How long each step of the order may take. Default 120,000. */
  readonly timeoutMs?: number;
  readonly who?: string;
}

/**
 * Removes a platform from a cluster, backwards along the order it came in, each object with its UID as precondition. When nothing of it is left,
 * its records go too; otherwise they stay, so that the same command can finish the work. Throws E_DEPLOY_UNKNOWN, E_DEPLOY_LOCKED.
 */
export async function down(platform: string, cluster: Cluster, options: DownOptions, ctx: Context): Promise<Removed> {
  const stop = new AbortController();
  const inner = { ...ctx, signal: AbortSignal.any([ctx.signal, stop.signal]) };
  return runTask({ id: `down/${platform}`, title: `remove ${platform}` }, ctx, async (task) => {
    const found = await inspect(platform, cluster, inner);
    const lease = await acquireLease(platform, options.who ?? defaultWho(), cluster, inner);
    lease.signal.addEventListener('abort', () => stop.abort(lease.signal.reason), { once: true });
    try {
      const removed = await removeMembers(found, cluster, options, inner);
      task.update({ detail: `${removed.removed.length} objects removed, ${removed.kept.length} kept` });
      if (removed.kept.length === 0 && removed.problems.length === 0) await forget(found, cluster, inner);
      return removed;
    } finally {
      await lease.release();
      stop.abort(new Error('the removal has ended'));
    }
  });
}

async function removeMembers(
  { platform, world, members, labelSelector }: Inspection,
  cluster: Cluster,
  options: DownOptions,
  ctx: Context,
): Promise<Removed> {
  const { withData = false, withNamespaces = false, timeoutMs = 120_000 } = options;
  const recorded = new Map(members.map((member) => [objectKey(member.id), member]));
  const protection = { cluster, applySet: applySetId(platform), withData, withNamespaces };
  return removeAll([...world.all()], { cluster, world, protection, recorded, labelSelector, timeoutMs }, ctx);
}

/** The lease goes last: until then nobody else begins. */
async function forget({ platform, records }: Inspection, cluster: Cluster, ctx: Context): Promise<void> {
  for (const { number } of records) await cluster.delete(recordId(platform, number), {}, ctx);
  await cluster.delete(parentId(platform), {}, ctx);
  await cluster.delete(leaseId(platform), {}, ctx);
}
