import type { Context, Diagnostic, Json } from '@cluster-forge/base';
import type { Cel } from '@cluster-forge/base/cel/cel';
import type { Cluster, ListQuery, ServedKind } from '@cluster-forge/kube/cluster/cluster';
import { createHealthBook } from '@cluster-forge/kube/health/book';
import { fieldAt, objectKey, type KubeObject } from '@cluster-forge/kube/object';
import { modelLabel, ownerLabel } from './children.ts';
import { carryOut, removeOrphans, type Applied } from './effects.ts';
import { createQueue, type KeyedQueue } from './queue.ts';
import { reconcile, type ObservedChild, type Progress } from './reconcile.ts';
import type { OperatorModel } from './schema.ts';

/** What a running model needs. `served` resolves once the cluster serves a kind. */
export interface OperatorPorts {
  readonly cluster: Cluster;
  readonly cel: Cel;
  readonly served: (apiVersion: string, kind: string) => Promise<ServedKind>;
  /** Told once per object and problem until the problem changes. */
  readonly report: (model: OperatorModel, object: KubeObject, problem: Diagnostic) => void;
}

/** What one model knows about its objects. */
interface Memory {
  readonly objects: Map<string, KubeObject>;
  /** Uids of objects that were deleted and whose children may still be there. */
  readonly gone: Map<string, string>;
  /** By uid of the owner, then by key. */
  readonly children: Map<string, Map<string, KubeObject>>;
  /** By uid. */
  readonly progress: Map<string, Progress>;
  /** By uid: what was sent for each child, so that an unchanged child is not sent again. */
  readonly applied: Map<string, Applied>;
}

const concurrency = 16;

/** Keeps one model in force until the signal aborts. Level-triggered: every change of an object or of a child is one more look at the whole. */
export async function runModel(model: OperatorModel, ports: OperatorPorts, ctx: Context): Promise<void> {
  const { apiVersion, kind } = model.spec.for;
  const served = await ports.served(apiVersion, kind);
  const memory: Memory = {
    objects: new Map(),
    gone: new Map(),
    children: new Map(),
    progress: new Map(),
    applied: new Map(),
  };
  const statusOf = new Map<string, boolean>([[`${apiVersion}/${kind}`, served.hasStatus]]);
  const health = createHealthBook({ hasStatus: (id) => statusOf.get(`${id.apiVersion}/${id.kind}`) });
  const observe = (child: KubeObject): ObservedChild => {
    const verdict = health.assess(child);
    return { ...child, ready: verdict.state === 'ready', message: verdict.message };
  };
  const look = lookAt(model, { ports, memory, served, observe, schedule: (key, at) => queue.addAt(key, at) }, ctx);
  const queue: KeyedQueue = createQueue(
    look,
    { concurrency, onFailure: (key, error) => tellFailure(model, memory.objects.get(key), { ports, error }) },
    ctx,
  );
  const watchChildren = childKinds(model).map(async (child) => {
    const childServed = await ports.served(child.apiVersion, child.kind);
    statusOf.set(`${child.apiVersion}/${child.kind}`, childServed.hasStatus);
    await follow(
      { ...child, labelSelector: `${modelLabel}=${model.metadata.name}` },
      childHandlers(memory, queue, child.kind),
      {
        ports,
        ctx,
      },
    );
  });
  await Promise.all([follow({ apiVersion, kind }, objectHandlers(memory, queue), { ports, ctx }), ...watchChildren]);
}

interface Looking {
  readonly ports: OperatorPorts;
  readonly memory: Memory;
  readonly served: ServedKind;
  readonly observe: (child: KubeObject) => ObservedChild;
  readonly schedule: (key: string, at: number) => void;
}

function lookAt(
  model: OperatorModel,
  { ports, memory, served, observe, schedule }: Looking,
  ctx: Context,
): (key: string) => Promise<void> {
  return async (key) => {
    const object = memory.objects.get(key);
    if (object === undefined) return forget(key, memory, ports.cluster, ctx);
    if (model.spec.when !== undefined && !ports.cel.compile(model.spec.when).test({ object })) return;
    const uid = uidOf(object);
    const existing = memory.children.get(uid) ?? new Map<string, KubeObject>();
    const world = {
      object,
      children: [...existing.values()].map(observe),
      progress: memory.progress.get(uid),
      now: ctx.clock.now(),
    };
    const outcome = reconcile(model, world, ports.cel);
    memory.progress.set(uid, outcome.progress);
    const applied = memory.applied.get(uid) ?? new Map<string, string>();
    memory.applied.set(uid, applied);
    await carryOut(outcome, { model: model.metadata.name, object, served, existing, applied }, ports.cluster, ctx);
    for (const problem of outcome.problems) ports.report(model, object, problem);
    if (outcome.lookAgainAt !== undefined) schedule(key, outcome.lookAgainAt);
  };
}

/** Children go with their owner at once; the garbage collector learns of a new kind only twice a minute. */
async function forget(key: string, memory: Memory, cluster: Cluster, ctx: Context): Promise<void> {
  const uid = memory.gone.get(key);
  if (uid === undefined) return;
  await removeOrphans(uid, [...(memory.children.get(uid)?.values() ?? [])], cluster, ctx);
  memory.gone.delete(key);
  for (const perObject of [memory.children, memory.progress, memory.applied]) perObject.delete(uid);
}

interface Handlers {
  readonly synced: (objects: readonly KubeObject[]) => void;
  readonly upsert: (object: KubeObject) => void;
  readonly gone: (object: KubeObject) => void;
}

function objectHandlers(memory: Memory, queue: KeyedQueue): Handlers {
  const upsert = (object: KubeObject) => {
    memory.objects.set(keyOf(object), object);
    queue.add(keyOf(object));
  };
  const gone = (object: KubeObject) => {
    memory.objects.delete(keyOf(object));
    memory.gone.set(keyOf(object), uidOf(object));
    queue.add(keyOf(object));
  };
  const synced = (objects: readonly KubeObject[]) => {
    const present = new Set(objects.map(keyOf));
    for (const [key, object] of memory.objects) if (!present.has(key)) gone(object);
    objects.forEach(upsert);
  };
  return { synced, upsert, gone };
}

function childHandlers(memory: Memory, queue: KeyedQueue, kind: string): Handlers {
  const change = (child: KubeObject, act: (siblings: Map<string, KubeObject>) => void) => {
    const owner = textOf(fieldAt(child, 'metadata', 'labels', ownerLabel));
    const siblings = memory.children.get(owner) ?? new Map<string, KubeObject>();
    memory.children.set(owner, siblings);
    act(siblings);
    for (const [key, object] of memory.objects) if (uidOf(object) === owner) queue.add(key);
  };
  const upsert = (child: KubeObject) => change(child, (siblings) => siblings.set(keyOf(child), child));
  const gone = (child: KubeObject) => change(child, (siblings) => siblings.delete(keyOf(child)));
  const synced = (children: readonly KubeObject[]) => {
    const present = new Set(children.map(keyOf));
    for (const siblings of memory.children.values())
      for (const [key, child] of siblings) if (child.kind === kind && !present.has(key)) gone(child);
    children.forEach(upsert);
  };
  return { synced, upsert, gone };
}

async function follow(
  query: ListQuery,
  handlers: Handlers,
  { ports, ctx }: { readonly ports: OperatorPorts; readonly ctx: Context },
): Promise<void> {
  for await (const event of ports.cluster.watch(query, ctx)) {
    if (event.kind === 'synced')
      handlers.synced(event.items.map((item) => ({ ...item, apiVersion: query.apiVersion, kind: query.kind })));
    if (event.kind === 'upsert') handlers.upsert(event.object);
    if (event.kind === 'delete') handlers.gone(event.object);
  }
}

function childKinds(model: OperatorModel): readonly { readonly apiVersion: string; readonly kind: string }[] {
  const steps = [model.spec.steps, ...Object.values(model.spec.failures)].flat();
  const kinds = steps.flatMap(({ children }) =>
    children.map(
      ({ object }) =>
        [`${object.apiVersion}/${object.kind}`, { apiVersion: object.apiVersion, kind: object.kind }] as const,
    ),
  );
  return [...new Map(kinds).values()];
}

function tellFailure(
  model: OperatorModel,
  object: KubeObject | undefined,
  { ports, error }: { readonly ports: OperatorPorts; readonly error: unknown },
): void {
  if (object === undefined) return;
  const what = error instanceof Error ? error.message : String(error);
  ports.report(model, object, { severity: 'error', code: 'E_LAB_MODEL', what });
}

function keyOf(object: KubeObject): string {
  const { apiVersion, kind, metadata } = object;
  const { namespace } = metadata;
  return objectKey({ apiVersion, kind, name: metadata.name, ...(typeof namespace === 'string' ? { namespace } : {}) });
}

function uidOf(object: KubeObject): string {
  return textOf(object.metadata['uid']);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
