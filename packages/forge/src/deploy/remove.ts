import type { Context, Diagnostic } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, idOf, objectKey, printObject, type KubeObject } from '@cluster-forge/kube/object';
import { deployErrors } from './errors.ts';
import { failpoints } from './failpoints.ts';
import type { Journal } from './journal.ts';
import { kindOf } from './prepare.ts';
import { reasonToKeep, type Protection } from './protect.ts';
import type { Member } from './record.ts';
import type { World } from './world.ts';

export interface Removal {
  readonly cluster: Cluster;
  readonly world: World;
  readonly protection: Protection;
  /** From the release that put the objects there: they go in the opposite order. */
  readonly recorded: ReadonlyMap<string, Member>;
  readonly labelSelector: string;
  /** How long finalizers and children may take, for each step of the order. */
  readonly timeoutMs: number;
  /** Asked for before the first delete. */
  readonly journal?: () => Promise<Journal>;
}

export interface Removed {
  readonly removed: readonly string[];
  /** What stays on purpose, and why. */
  readonly kept: readonly string[];
  readonly problems: readonly Diagnostic[];
}

/** Deletes objects backwards along the order they were deployed in, each step gone before the next begins, each with its UID as precondition. */
export async function removeAll(objects: readonly KubeObject[], removal: Removal, ctx: Context): Promise<Removed> {
  const removed: string[] = [];
  const kept: string[] = [];
  const problems: Diagnostic[] = [];
  const steps = [...Map.groupBy(objects, (object) => orderOf(object, removal.recorded))].sort(([a], [b]) => b - a);
  for (const [, step] of steps) {
    await Promise.all(
      step.map(async (object) => {
        const reason = await reasonToKeep(object, removal.protection, ctx);
        if (reason !== undefined) return kept.push(`${printObject(idOf(object))} stays: ${reason}`);
        const problem = await remove(object, removal, ctx);
        return problem === undefined ? removed.push(objectKey(idOf(object))) : problems.push(problem);
      }),
    );
  }
  return { removed: removed.sort(), kept: kept.sort(), problems };
}

async function remove(object: KubeObject, removal: Removal, ctx: Context): Promise<Diagnostic | undefined> {
  const { cluster, world, labelSelector, journal } = removal;
  const id = idOf(object);
  const { uid } = object.metadata;
  await world.follow({ apiVersion: id.apiVersion, kind: id.kind, labelSelector });
  await (await journal?.())?.write({ kind: 'intent', operation: 'delete', key: objectKey(id) });
  await failpoints.hit('prune.before');
  await cluster.delete(id, { propagation: 'Background', ...(typeof uid === 'string' ? { uid } : {}) }, ctx);
  await failpoints.hit('prune.after');
  if (await isGone(object, removal, ctx)) return undefined;
  const finalizers = fieldAt(world.live(id), 'metadata', 'finalizers');
  const holders =
    Array.isArray(finalizers) && finalizers.length > 0
      ? `finalizers hold it: ${finalizers.join(', ')}`
      : 'it is still being deleted';
  return deployErrors.E_DEPLOY_PRUNE.diagnostic({
    what: `${printObject(id)} was not gone after ${Math.round(removal.timeoutMs / 1000)} s`,
    why: holders,
    fix: 'see whether the controller behind the finalizer still runs, then run the same command again',
  });
}

/** Waits for the watch to tell; false when the time is up. */
async function isGone(object: KubeObject, { world, timeoutMs }: Removal, ctx: Context): Promise<boolean> {
  const id = idOf(object);
  const present = () => world.live(id)?.metadata['uid'] === object.metadata['uid'];
  const waiting = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = world.subscribe(() => (present() ? undefined : resolve()));
  try {
    if (!present()) return true;
    const signal = AbortSignal.any([ctx.signal, waiting.signal]);
    await Promise.race([promise, ctx.clock.sleep(timeoutMs, signal)]);
    return !present();
  } finally {
    unsubscribe();
    waiting.abort();
  }
}

/** Objects no record knows go by kind: what acts first, what others need last. */
function orderOf(object: KubeObject, recorded: ReadonlyMap<string, Member>): number {
  const id = idOf(object);
  const kind = kindOf(id);
  if (kind === 'Namespace') return -3;
  if (kind === 'CustomResourceDefinition.apiextensions.k8s.io') return -2;
  const known = recorded.get(objectKey(id))?.order;
  if (known !== undefined) return known;
  return /^(?:ServiceAccount|ConfigMap|Secret|Service)$|rbac\.authorization|storage\.k8s\.io/.test(kind) ? -1 : 100_000;
}
