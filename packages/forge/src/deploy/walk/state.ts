import type { Context, Diagnostic } from '@cluster-forge/base';
import type { Gate } from '../../config/platform.ts';
import type { Graph, GraphNode } from '../../plan/graph.ts';
import type { Schedule } from './schedule.ts';
import type { Standing, Work, WorkNode } from './work.ts';

export interface WalkOptions {
  readonly concurrency: number;
  readonly gateOf: (component: string) => Gate;
  readonly unobservedGraceMs: number;
  /** Called after every change of a component, at most once per change. */
  readonly onChange?: (component: string, state: State) => void;
}

/** When things happened to a node; milliseconds since the walk began. */
export interface Timing {
  readonly beganMs: number;
  appliedMs?: number;
  readyMs?: number;
}

/** One component on its way. */
export interface Part {
  readonly component: string;
  readonly work: readonly WorkNode[];
  readonly gate: Gate;
  startedMs?: number;
  readyMs?: number;
  /** Its `ready` node has been taken: only settling is left. */
  settling?: string;
  failure?: Diagnostic;
  settleTimer?: AbortController;
  graceTimer?: AbortController;
}

/** All that changes during one walk; it lives as long as the call of `walk`. */
export interface State {
  readonly graph: Graph;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Nodes that somebody wants to see serving, not only ready. */
  readonly served: ReadonlySet<string>;
  readonly schedule: Schedule;
  readonly work: Work;
  readonly options: WalkOptions;
  /** Its signal aborts when the walk ends, so timers and watches end with it. */
  readonly ctx: Context;
  readonly originMs: number;
  readonly parts: ReadonlyMap<string, Part>;
  /** Nodes whose `begin` has not returned, with what they last failed on. */
  readonly running: Map<string, string | undefined>;
  /** Accepted, not ready. */
  readonly waiting: Set<string>;
  readonly excused: Set<string>;
  readonly timings: Map<string, Timing>;
  /** When nodes that are no objects were passed. */
  readonly passedMs: Map<string, number>;
  readonly notes: string[];
  readonly failures: Diagnostic[];
  readonly over: PromiseWithResolvers<void>;
}

export function elapsed(state: State): number {
  return state.ctx.clock.now() - state.originMs;
}

export function partOf(state: State, component: string): Part {
  const part = state.parts.get(component);
  if (part === undefined) throw new Error(`graph has no component ${component}`);
  return part;
}

/** Runs `then` after a while unless the returned controller, or the walk, is aborted first. */
export function after(state: State, ms: number, then: () => void): AbortController {
  const timer = new AbortController();
  const signal = AbortSignal.any([timer.signal, state.ctx.signal]);
  state.ctx.clock.sleep(ms, signal).then(
    () => (signal.aborted ? undefined : then()),
    () => undefined,
  );
  return timer;
}

/** Standing of an accepted node, with objects that were excused from having a status counted as ready. */
export function standingOf(state: State, node: WorkNode): Standing {
  const standing = state.work.standing(node);
  return state.excused.has(node.id) && standing.state === 'unobserved' ? { ...standing, level: 'ready' } : standing;
}
