import type { Clock, Context } from '@cluster-forge/base';
import type { Edge, Graph, GraphNode } from '@cluster-forge/forge/plan/graph';
import { walk, type Walked } from '@cluster-forge/forge/deploy/walk/walk';
import type { Standing, Work, WorkNode } from '@cluster-forge/forge/deploy/walk/work';

/** Time that moves only when nothing else does. */
export function virtualClock(): Clock & { readonly step: () => boolean } {
  const timers: { at: number; readonly wake: () => void }[] = [];
  let now = 0;
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = { at: now + ms, wake: resolve };
        timers.push(timer);
        signal?.addEventListener('abort', () => {
          const index = timers.indexOf(timer);
          if (index !== -1) timers.splice(index, 1);
          reject(signal.reason);
        });
      }),
    step: () => {
      const next = timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) return false;
      timers.splice(timers.indexOf(next), 1);
      now = next.at;
      next.wake();
      return true;
    },
  };
}

/** What one object will do: fail so often in passing, for good, and then move through these standings, each after a pause. */
export interface Story {
  readonly transient: number;
  readonly refused: boolean;
  readonly moves: readonly {
    readonly afterMs: number;
    readonly standing: Standing['level'] | 'failed' | 'unobserved';
  }[];
}

const transient = new Error('not now');
const refused = new Error('never');

export interface Played {
  readonly walked: Walked;
  readonly begun: readonly string[];
  readonly mostAtOnce: number;
  /** For each begun node: levels its sources had when it began. */
  readonly early: readonly string[];
}

export async function play(graph: Graph, stories: ReadonlyMap<string, Story>, concurrency: number): Promise<Played> {
  const clock = virtualClock();
  const ctx: Context = {
    signal: new AbortController().signal,
    clock,
    host: { emit: () => {}, ask: () => Promise.resolve('') },
  };
  const now = new Map<string, Standing>();
  const best = new Map<string, number>();
  const rank = { applied: 1, ready: 2, serving: 3 } as const;
  const begun: string[] = [];
  const early: string[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const tries = new Map<string, number>();
  const listeners = new Set<(id: string) => void>();
  const unobservedSince = new Map<string, number>();
  const wasExcused = (id: string) =>
    now.get(id)?.state === 'unobserved' && clock.now() - (unobservedSince.get(id) ?? Infinity) >= 1_000;
  const set = (id: string, standing: Standing) => {
    if (wasExcused(id)) best.set(id, Math.max(best.get(id) ?? 0, rank.ready));
    if (standing.state !== now.get(id)?.state) unobservedSince.set(id, clock.now());
    now.set(id, standing);
    best.set(id, Math.max(best.get(id) ?? 0, rank[standing.level]));
    for (const listener of listeners) listener(id);
  };
  const met = (edge: Edge, seen = new Set<string>()): boolean => {
    const source = graph.nodes.find(({ id }) => id === edge.from);
    if (source === undefined || seen.has(edge.from)) return true;
    seen.add(edge.from);
    if (source.kind === 'object' || source.kind === 'secret')
      return Math.max(best.get(source.id) ?? 0, wasExcused(source.id) ? rank.ready : 0) >= rank[edge.until];
    return graph.edges.filter(({ to }) => to === source.id).every((before) => met(before, seen));
  };
  const work: Work = {
    begin: async (node) => {
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      if (!begun.includes(node.id)) begun.push(node.id);
      if (!graph.edges.filter(({ to }) => to === node.id).every((edge) => met(edge))) early.push(node.id);
      await clock.sleep(5).finally(() => (atOnce -= 1));
      const story = stories.get(node.id);
      const count = (tries.get(node.id) ?? 0) + 1;
      tries.set(node.id, count);
      if (story?.refused === true) throw refused;
      if (count <= (story?.transient ?? 0)) throw transient;
      set(node.id, { level: 'applied', state: 'progressing', message: 'accepted' });
      void live(node, story);
    },
    standing: (node) => now.get(node.id) ?? { level: 'applied', state: 'progressing', message: '' },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    diagnose: (node) => Promise.resolve(`chain of ${node.id}`),
    isTransient: (error) => error === transient,
    mayExcuse: () => true,
    mayFallBack: () => true,
  };
  const live = async (node: WorkNode, story: Story | undefined) => {
    for (const { afterMs, standing } of story?.moves ?? [{ afterMs: 1, standing: 'serving' as const }]) {
      await clock.sleep(afterMs);
      const level = standing === 'failed' || standing === 'unobserved' ? 'applied' : standing;
      const state =
        standing === 'failed' || standing === 'unobserved'
          ? standing
          : standing === 'applied'
            ? 'progressing'
            : 'ready';
      set(node.id, { level, state, message: `is ${standing}` });
    }
  };
  let isOver = false;
  const result = walk(
    graph,
    work,
    { concurrency, gateOf: () => ({ timeoutMs: 10_000, settleMs: 50 }), unobservedGraceMs: 1_000 },
    ctx,
  ).finally(() => (isOver = true));
  // Everything between two steps of the clock happens in microtasks.
  for (let steps = 0; steps < 2_000; steps++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (isOver || !clock.step()) break;
  }
  if (!isOver) throw new Error('the walk never ended');
  return { walked: await result, begun, mostAtOnce, early };
}

export const object = (component: string, name: string, kind = 'Thing'): GraphNode => ({
  kind: 'object',
  id: `${component}-${name}`,
  component,
  object: { apiVersion: 'x.io/v1', kind, name: `${component}-${name}` },
  phase: 'main',
});
export const edge = (from: string, to: string, until: Edge['until'] = 'ready'): Edge => ({
  from,
  to,
  until,
  origin: 'declared',
  reason: 'test',
});

/** A component: start -> objects -> ready. */
export function componentOf(component: string, names: readonly string[], needs: readonly string[] = []) {
  const [start, ready] = [`${component}/start`, `${component}/ready`];
  const objects = names.map((name) => object(component, name));
  const nodes: readonly GraphNode[] = [
    { kind: 'start', id: start, component },
    ...objects,
    { kind: 'ready', id: ready, component },
  ];
  return {
    nodes,
    edges: [
      edge(start, ready),
      ...objects.flatMap(({ id }) => [edge(start, id), edge(id, ready)]),
      ...needs.map((need) => edge(`${need}/ready`, start)),
    ],
  };
}

export const graphOf = (
  ...parts: readonly { readonly nodes: readonly GraphNode[]; readonly edges: readonly Edge[] }[]
): Graph => ({
  nodes: parts.flatMap(({ nodes }) => nodes),
  edges: parts.flatMap(({ edges }) => edges),
  waves: [],
});
