import { ForgeError, type Context } from '@cluster-forge/base';
import { fieldAt, printObject, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { deployErrors } from './errors.ts';
import { failpoints } from './failpoints.ts';
import type { Journal } from './journal.ts';
import { digestAnnotation } from './names.ts';
import type { Item } from './prepare.ts';
import type { World } from './world.ts';

export type ManifestItem = Item & { readonly what: Extract<Item['what'], { readonly kind: 'manifest' }> };

export interface Applying {
  readonly cluster: Cluster;
  readonly world: World;
  readonly journal: Journal;
  readonly force: boolean;
}

/** Sends one object, between its intent and its confirmation. Throws E_DEPLOY_CONFLICT, E_DEPLOY_IMMUTABLE, and what the cluster throws. */
export async function applyObject(
  item: ManifestItem,
  { cluster, world, journal, force }: Applying,
  ctx: Context,
): Promise<void> {
  const { manifest, digest } = item.what;
  const namespace = item.id.namespace === undefined ? {} : { namespace: item.id.namespace };
  await journal.write({ kind: 'intent', operation: 'apply', key: item.key, digest });
  await failpoints.hit('apply.before');
  try {
    const options = {
      force,
      ...namespace,
      ...validationOf(item),
      labels: item.labels,
      annotations: { [digestAnnotation]: digest },
    };
    const { object } = await cluster.apply(manifest, options, ctx);
    if (object.metadata['deletionTimestamp'] !== undefined) throw leaving(item.id);
    world.saw(object);
  } catch (error) {
    throw explain(error, item.id);
  }
  await failpoints.hit('apply.after');
  journal.note({ kind: 'confirm', operation: 'apply', key: item.key, digest });
}

/** Deletes an object and waits until it is gone, finalizers and children included. */
export async function removeObject(
  live: KubeObject,
  id: ObjectId,
  { cluster, world, journal }: Applying,
  ctx: Context,
): Promise<void> {
  const { uid } = live.metadata;
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const check = () => {
    if (world.live(id)?.metadata['uid'] !== uid) resolve();
  };
  const unsubscribe = world.subscribe(check);
  const onAbort = () => resolve();
  ctx.signal.addEventListener('abort', onAbort, { once: true });
  try {
    await journal.write({ kind: 'intent', operation: 'delete', key: printObject(id) });
    await failpoints.hit('hook.delete.before');
    await cluster.delete(id, { propagation: 'Foreground', ...(typeof uid === 'string' ? { uid } : {}) }, ctx);
    await failpoints.hit('hook.delete.after');
    check();
    await gone;
    ctx.signal.throwIfAborted();
  } finally {
    unsubscribe();
    ctx.signal.removeEventListener('abort', onAbort);
  }
}

/** Hooks and Jobs of hooks run once for each content: a complete one is not run again, a changed or failed one is replaced. */
export function isOneShot(item: ManifestItem): boolean {
  return item.what.isHook && (item.id.kind === 'Job' || item.id.kind === 'Pod');
}

export function hasDigest(live: KubeObject, digest: string): boolean {
  return fieldAt(live, 'metadata', 'annotations', digestAnnotation) === digest;
}

function explain(error: unknown, id: ObjectId): unknown {
  if (!(error instanceof ForgeError)) return error;
  if (error.code === 'E_APPLY_CONFLICT') {
    return deployErrors.E_DEPLOY_CONFLICT(
      {
        ...error.problem,
        fix: 'remove these fields from the component, undo the change in the cluster, or take them over with --force-conflicts',
      },
      { cause: error },
    );
  }
  const text = `${error.problem.what} ${error.problem.why ?? ''}`;
  if (
    error.code !== 'E_API_INVALID' ||
    !/immutable|may not change|updates to .* are forbidden|cannot be changed/i.test(text)
  )
    return error;
  return deployErrors.E_DEPLOY_IMMUTABLE(
    {
      what: `${printObject(id)} cannot be changed in place: ${brief(error.problem.what)}`,
      why: immutableReason(id),
      fix: `delete it and run the same command again: kubectl delete ${id.kind.toLowerCase()} ${id.name}${id.namespace === undefined ? '' : ` -n ${id.namespace}`}${id.kind === 'StatefulSet' ? ' --cascade=orphan' : ''}`,
    },
    { cause: error },
  );
}

/** The API server accepts an apply to an object that is being deleted, and then deletes it. */
function leaving(id: ObjectId): ForgeError {
  return deployErrors.E_DEPLOY_LEAVING({
    what: `an earlier ${printObject(id)} is still being deleted`,
    why: 'what is applied now would go with it',
    fix: 'see what holds it: kubectl get it with -o yaml and look at metadata.finalizers and status.conditions',
  });
}

/** The server quotes the whole rejected value, which for a pod template is pages. */
function brief(text: string): string {
  return text.replace(/Invalid value: \{.*\}: /s, '');
}

function immutableReason({ kind }: ObjectId): string {
  if (kind === 'Job') return 'the pod template and selector of a Job never change; a new content is a new Job';
  if (kind === 'StatefulSet')
    return 'of a StatefulSet only replicas, template, update strategy and a few more may change; its pods survive a delete with --cascade=orphan';
  return 'Kubernetes does not let anybody change this field';
}

/**
 * Looking for unknown fields in the large CRDs of a platform costs the API server seconds of CPU for warnings that nobody can act on: their authors
 * generate them.
 */
function validationOf({ id }: ManifestItem): { readonly fieldValidation?: 'Ignore' } {
  return id.kind === 'CustomResourceDefinition' ? { fieldValidation: 'Ignore' } : {};
}
