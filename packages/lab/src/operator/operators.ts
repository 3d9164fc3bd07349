import type { Context, Diagnostic } from '@cluster-forge/base';
import { createCel } from '@cluster-forge/base/cel/cel';
import { digestOfParts, hexOf } from '@cluster-forge/base/hash';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { KubeObject } from '@cluster-forge/kube/object';
import { runModel, type OperatorPorts } from './controller.ts';
import { describe, readModels, watchModels } from './models.ts';
import { createQueue } from './queue.ts';
import type { OperatorModel } from './schema.ts';
import { watchServedKinds } from './served.ts';

/** Runs all models of a directory, and follows its changes: a model that changed begins anew, the others go on. Ends with the signal. */
export async function runOperators(directory: string, cluster: Cluster, ctx: Context): Promise<void> {
  const ports: OperatorPorts = {
    cluster,
    cel: createCel(),
    served: watchServedKinds(cluster, ctx).served,
    report: reporter(cluster, ctx),
  };
  const running = new Map<string, AbortController>();
  const reload = async () => {
    const wanted = new Map((await readModels(directory)).map((model) => [JSON.stringify(model), model]));
    for (const [key, stop] of running) {
      if (wanted.has(key)) continue;
      stop.abort();
      running.delete(key);
    }
    for (const [key, model] of wanted) if (!running.has(key)) running.set(key, start(model, ports, ctx));
    note(ctx, 'info', `${running.size} operator models`);
  };
  const queue = createQueue(
    reload,
    { concurrency: 1, onFailure: (_, error) => note(ctx, 'warning', describe(error)) },
    ctx,
  );
  watchModels(directory, () => queue.add('models'), ctx.signal);
  await new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve(), { once: true }));
}

function start(model: OperatorModel, ports: OperatorPorts, ctx: Context): AbortController {
  const stop = new AbortController();
  const signal = AbortSignal.any([ctx.signal, stop.signal]);
  runModel(model, ports, { ...ctx, signal }).catch((error: unknown) => {
    if (!signal.aborted) note(ctx, 'warning', `operator model ${model.metadata.name} stopped: ${describe(error)}`);
  });
  return stop;
}

/** Tells a problem in the log and as an event of the object, where `forge why` and kubectl find it; each once. */
function reporter(cluster: Cluster, ctx: Context): OperatorPorts['report'] {
  const told = new Set<string>();
  return (model, object, problem) => {
    const id = hexOf(
      digestOfParts([JSON.stringify(object.metadata['uid'] ?? ''), model.metadata.name, problem.what]),
    ).slice(0, 16);
    if (told.has(id)) return;
    told.add(id);
    note(
      ctx,
      'warning',
      `operator model ${model.metadata.name}, ${object.kind} ${object.metadata.name}: ${problem.what}`,
    );
    cluster
      .create(eventOf(object, `operator-model-${id}`, { model, problem, now: ctx.clock.now() }), ctx)
      .catch((error: unknown) => note(ctx, 'warning', describe(error)));
  };
}

interface Trouble {
  readonly model: OperatorModel;
  readonly problem: Diagnostic;
  readonly now: number;
}

function eventOf(object: KubeObject, name: string, { model, problem, now }: Trouble): KubeObject {
  const { namespace, uid } = object.metadata;
  const at = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const where = problem.where?.path === undefined ? '' : ` (${problem.where.path})`;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: namespace ?? 'default' },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name: object.metadata.name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: uid ?? '',
    },
    type: 'Warning',
    reason: 'OperatorModelFailed',
    message: `operator model ${model.metadata.name}: ${problem.what}${where}`.slice(0, 1024),
    source: { component: 'forge-lab-operators' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}

function note(ctx: Context, level: 'info' | 'warning', text: string): void {
  ctx.host.emit({ kind: 'note', at: ctx.clock.now(), level, text });
}
