import type { Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { HealthBook } from '@cluster-forge/kube/health/verdict';
import { idOf, objectKey, printObject, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import { eventsAbout } from './events.ts';
import { nextLinks } from './links.ts';
import type { Cause, Look } from './look.ts';

const longestChain = 8;

/**
 * Why an object is not ready: from itself down to the pod, event, claim, quota, image or secret behind it. Each link is read from the cluster when it
 * is asked for; the chain ends where nothing explains more. [] when the object is ready.
 */
export async function causesOf(
  id: ObjectId,
  book: HealthBook,
  cluster: Cluster,
  ctx: Context,
): Promise<readonly Cause[]> {
  const look: Look = { cluster, book, ctx };
  const object = await cluster.get(id, ctx);
  if (object === undefined) return [{ subject: printObject(id), says: 'is not in the cluster', id }];
  if (book.assess(object).state === 'ready') return [];
  return follow(object, look, new Set());
}

async function follow(object: KubeObject, look: Look, seen: Set<string>): Promise<readonly Cause[]> {
  const id = idOf(object);
  const key = objectKey(id);
  if (seen.has(key) || seen.size >= longestChain) return [];
  seen.add(key);
  const self: Cause = { subject: printObject(id), says: look.book.assess(object).message, id };
  for (const link of await nextLinks(object, look)) {
    if ('says' in link) return [self, link];
    const rest = await follow(link.object, look, seen);
    if (rest.length > 0) return [self, ...rest];
  }
  return [self, ...(await eventsAbout(object, look.cluster, look.ctx))];
}

/** `Deployment a/b: 0 of 1 replicas ready <- Pod a/b-1: ImagePullBackOff <- event Failed: not found`. */
export function printCauses(causes: readonly Cause[]): string {
  return causes.map(({ subject, says }) => `${subject}: ${says}`).join(' <- ');
}
