import type { Context } from '@cluster-forge/base';
import type { Cluster, ServedKind } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, objectKey, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import { labErrors } from '../errors.ts';
import { ownedBy } from './children.ts';
import type { Outcome } from './reconcile.ts';

/** By key of a child: the text that was sent last. */
export type Applied = Map<string, string>;

export interface Target {
  readonly model: string;
  readonly object: KubeObject;
  readonly served: ServedKind;
  /** Children that exist, by key. */
  readonly existing: ReadonlyMap<string, KubeObject>;
  readonly applied: Applied;
}

/**
 * Makes what an outcome asks for. Every write is one that changes something; a second call with the same world writes nothing. Returns the object as
 * it is after the writes, so that the next look need not wait for the watch: from a stale status a condition would be moved a second time.
 */
export async function carryOut(
  outcome: Outcome,
  target: Target,
  cluster: Cluster,
  ctx: Context,
): Promise<KubeObject | undefined> {
  const id = idOf(target.object);
  if (target.object.metadata['deletionTimestamp'] !== undefined) return letGo(target, cluster, ctx);
  const wanted = await Promise.all(outcome.children.map((child) => completed(child, target, { cluster, ctx })));
  await Promise.all(wanted.map((child) => makeChild(child, target, { cluster, ctx })));
  if (outcome.complete)
    await removeStale(new Set(wanted.map((child) => objectKey(idOf(child)))), target, { cluster, ctx });
  const patched = outcome.patch === undefined ? undefined : await cluster.patch(id, outcome.patch, {}, ctx);
  if (outcome.status === undefined) return patched;
  return cluster.patch(id, { status: outcome.status }, target.served.hasStatus ? { subresource: 'status' } : {}, ctx);
}

interface Reach {
  readonly cluster: Cluster;
  readonly ctx: Context;
}

async function completed(child: KubeObject, { model, object }: Target, { cluster, ctx }: Reach): Promise<KubeObject> {
  const served = await cluster.kind(child.apiVersion, child.kind, ctx);
  if (served !== undefined) return ownedBy(object, model, child, served.namespaced);
  throw labErrors.E_LAB_MODEL({
    what: `operator model ${model} cannot make ${child.kind} ${child.metadata.name}`,
    why: `the cluster serves no ${child.kind} in ${child.apiVersion} (yet)`,
    fix: 'add the component that brings its CustomResourceDefinition, or correct the model',
  });
}

/**
 * Created, or merged into what is there. Not server-side apply: this program is the same field manager as a deploy, and would take away the fields of
 * an object that a deploy has applied under the same name.
 */
async function makeChild(child: KubeObject, { existing, applied }: Target, { cluster, ctx }: Reach): Promise<void> {
  const key = objectKey(idOf(child));
  const text = JSON.stringify(child);
  if (applied.get(key) === text && existing.has(key)) return;
  const isNew = !existing.has(key) && (await cluster.create(child, ctx));
  if (!isNew) await cluster.patch(idOf(child), child, {}, ctx);
  applied.set(key, text);
}

async function removeStale(
  wanted: ReadonlySet<string>,
  { existing, applied }: Target,
  { cluster, ctx }: Reach,
): Promise<void> {
  const stale = [...existing].filter(
    ([key, child]) => !wanted.has(key) && child.metadata['deletionTimestamp'] === undefined,
  );
  await Promise.all(stale.map(([, child]) => cluster.delete(idOf(child), uidOption(child), ctx)));
  for (const [key] of stale) applied.delete(key);
}

/** Nobody else removes an operator's finalizers. Children that the garbage collector does not reach (another namespace) go first. */
async function letGo({ object, existing }: Target, cluster: Cluster, ctx: Context): Promise<undefined> {
  const unowned = [...existing.values()].filter(({ metadata }) => metadata['ownerReferences'] === undefined);
  await Promise.all(unowned.map((child) => cluster.delete(idOf(child), uidOption(child), ctx)));
  const { finalizers } = object.metadata;
  if (!Array.isArray(finalizers)) return undefined;
  // These two belong to the garbage collector.
  const kept = finalizers.filter((name) => name === 'foregroundDeletion' || name === 'orphan');
  if (kept.length < finalizers.length) await cluster.patch(idOf(object), { metadata: { finalizers: kept } }, {}, ctx);
  return undefined;
}

/** Deletes what an owner that is gone has left, unless its deletion was to orphan them: then Kubernetes has taken the reference away. */
export async function removeOrphans(
  ownerUid: string,
  children: readonly KubeObject[],
  cluster: Cluster,
  ctx: Context,
): Promise<void> {
  const left = children.filter(({ metadata }) => {
    const references = metadata['ownerReferences'];
    return Array.isArray(references) && references.some((reference) => fieldAt(reference, 'uid') === ownerUid);
  });
  await Promise.all(
    left.map((child) => cluster.delete(idOf(child), { ...uidOption(child), propagation: 'Background' }, ctx)),
  );
}

function idOf({ apiVersion, kind, metadata }: KubeObject): ObjectId {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(typeof namespace === 'string' ? { namespace } : {}) };
}

function uidOption({ metadata }: KubeObject): { readonly uid?: string } {
  return typeof metadata['uid'] === 'string' ? { uid: metadata['uid'] } : {};
}
