import type { Context, Diagnostic } from '@cluster-forge/base';
import type { Cel } from '@cluster-forge/base/cel/cel';
import type { Cluster, ListQuery, ServedKind } from '@cluster-forge/kube/cluster/cluster';
import { createHealthBook } from '@cluster-forge/kube/health/book';
import type { KubeObject } from '@cluster-forge/kube/object';
import { modelLabel } from './children.ts';
import { carryOut, removeOrphans } from './effects.ts';
import { childHandlers, emptyMemory, objectHandlers, remember, uidOf, type Handlers, type Memory } from './memory.ts';
import { createQueue, type KeyedQueue } from './queue.ts';
import { reconcile, type ObservedChild } from './reconcile.ts';
import type { OperatorModel } from './schema.ts';

/** What a running model needs. `served` resolves once the cluster serves a kind. */
export interface OperatorPorts {
  readonly cluster: Cluster;
  readonly cel: Cel;
  readonly served: (apiVersion: string, kind: string) => Promise<ServedKind>;
  /** Told once per object and problem until the problem changes. */
  readonly report: (model: OperatorModel, object: KubeObject, problem: Diagnostic) => void;
}

const concurrency = 16;

/** Keeps one model in force until the signal aborts. Level-triggered: every change of an object or of a child is one more look at the whole. */
export async function runModel(model: OperatorModel, ports: OperatorPorts, ctx: Context): Promise<void> {
  const { apiVersion, kind } = model.spec.for;
  const served = await ports.served(apiVersion, kind);
  const memory = emptyMemory();
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
    const target = { model: model.metadata.name, object, served, existing, applied };
    remember(memory, await carryOut(outcome, target, ports.cluster, ctx));
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
