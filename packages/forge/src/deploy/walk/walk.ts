import type { Context, Diagnostic } from '@cluster-forge/base';
import type { Graph, GraphNode } from '../../plan/graph.ts';
import { begin } from './begin.ts';
import { describeStuck } from './describe.ts';
import { armDeadline, recheck, settle } from './gate.ts';
import { createSchedule } from './schedule.ts';
import { elapsed, partOf, type Part, type State, type Timing, type WalkOptions } from './state.ts';
import { urgencies } from './urgency.ts';
import { isWork, type Work } from './work.ts';

export interface Walked {
  readonly parts: ReadonlyMap<string, Readonly<Part>>;
  readonly timings: ReadonlyMap<string, Readonly<Timing>>;
  readonly failures: readonly Diagnostic[];
  readonly notes: readonly string[];
  readonly state: State;
}

/**
 * Walks a graph: every node begins as soon as its own edges are met and no sooner, the most urgent first, `concurrency` at once. A component that
 * fails stops what needs it and nothing else. Ends when all is ready or nothing can move any more; rejects with the signal's reason when aborted.
 */
export async function walk(graph: Graph, work: Work, options: WalkOptions, ctx: Context): Promise<Walked> {
  const ending = new AbortController();
  const state = initialState(graph, work, options, { ...ctx, signal: AbortSignal.any([ctx.signal, ending.signal]) });
  const onAbort = () => state.over.reject(ctx.signal.reason);
  ctx.signal.addEventListener('abort', onAbort, { once: true });
  const unsubscribe = work.subscribe((id) => noticed(state, id));
  try {
    ctx.signal.throwIfAborted();
    pump(state);
    await state.over.promise;
  } finally {
    unsubscribe();
    ctx.signal.removeEventListener('abort', onAbort);
    ending.abort();
  }
  return { parts: state.parts, timings: state.timings, failures: state.failures, notes: state.notes, state };
}

function initialState(graph: Graph, work: Work, options: WalkOptions, ctx: Context): State {
  const byComponent = Map.groupBy(graph.nodes, ({ component }) => component);
  const parts = [...byComponent].map(([component, nodes]): [string, Part] => [
    component,
    { component, work: nodes.filter(isWork), gate: options.gateOf(component) },
  ]);
  return {
    graph,
    work,
    options,
    ctx,
    nodes: new Map(graph.nodes.map((node) => [node.id, node])),
    served: new Set(graph.edges.filter(({ until }) => until === 'serving').map(({ from }) => from)),
    schedule: createSchedule(graph, urgencies(graph)),
    originMs: ctx.clock.now(),
    parts: new Map(parts),
    running: new Map(),
    waiting: new Set(),
    excused: new Set(),
    timings: new Map(),
    passedMs: new Map(),
    notes: [],
    failures: [],
    over: Promise.withResolvers(),
  };
}

/** Begins all that can begin now, and ends the walk when nothing is left that could move it. */
function pump(state: State): void {
  if (state.ctx.signal.aborted) return;
  for (let node = takeMarker(state); node !== undefined; node = takeMarker(state)) pass(state, node);
  while (state.running.size < state.options.concurrency) {
    const node = state.schedule.take((candidate) => mayBegin(state, candidate));
    if (node === undefined || !isWork(node)) break;
    void begin(state, node).finally(() => changed(state, node.component));
  }
  if (isOver(state)) {
    state.failures.push(...describeStuck(state));
    state.over.resolve();
  }
}

/** Something happened in a component: judge its gate again and go on. */
function changed(state: State, component: string): void {
  if (state.ctx.signal.aborted) return;
  recheck(state, partOf(state, component), () => changed(state, component));
  state.options.onChange?.(component, state);
  pump(state);
}

function noticed(state: State, id: string): void {
  const node = state.nodes.get(id);
  if (node !== undefined && state.schedule.has(id, 'applied')) changed(state, node.component);
}

function takeMarker(state: State): GraphNode | undefined {
  return state.schedule.take((node) => !isWork(node) && !hasFailed(state, node));
}

function pass(state: State, node: GraphNode): void {
  const part = partOf(state, node.component);
  if (node.kind === 'ready') {
    part.settling = node.id;
    settle(state, part, () => changed(state, node.component));
    return;
  }
  state.schedule.reach(node.id, 'serving');
  state.passedMs.set(node.id, elapsed(state));
  if (node.kind !== 'start') return;
  part.startedMs = elapsed(state);
  armDeadline(state, part, () => changed(state, node.component));
  state.options.onChange?.(node.component, state);
}

function mayBegin(state: State, node: GraphNode): boolean {
  if (!isWork(node) || hasFailed(state, node)) return false;
  // The API server is busy with CRDs for long after it has accepted them; the other half of the lanes is for what needs none.
  return !isDefinition(node) || definitionsRunning(state) < Math.max(1, state.options.concurrency / 2);
}

function hasFailed(state: State, node: GraphNode): boolean {
  return partOf(state, node.component).failure !== undefined;
}

function isDefinition(node: GraphNode | undefined): boolean {
  return node !== undefined && isWork(node) && node.object.kind === 'CustomResourceDefinition';
}

function definitionsRunning(state: State): number {
  return [...state.running.keys()].filter((id) => isDefinition(state.nodes.get(id))).length;
}

/** Nothing runs, and no component that still counts waits for anything that may come. */
function isOver(state: State): boolean {
  if (state.running.size > 0) return false;
  return !state.graph.nodes.some((node) => {
    const part = partOf(state, node.component);
    if (part.startedMs === undefined || part.failure !== undefined || part.readyMs !== undefined) return false;
    if (part.settling !== undefined) return true;
    return !state.schedule.begun(node.id) && state.schedule.unmet(node.id).some(({ from }) => state.waiting.has(from));
  });
}
