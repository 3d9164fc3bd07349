import { nameOf, type DirectedGraph } from './graph.ts';

/** How many nodes of a large tangle are tried as the start of its shortest cycle; bounds the work on hopeless input. */
const maxStarts = 200;

/**
 * One cycle for each tangle (strongly connected component), as the nodes in order without repeating the first; a shortest one, starting at its
 * alphabetically first node. In tangles of more than 200 nodes it is the shortest through one of the first 200.
 */
export function cyclesOf(graph: DirectedGraph): readonly (readonly string[])[] {
  return tanglesOf(graph)
    .map((tangle) => shortestCycle(graph, tangle))
    .map((cycle) => rotate(cycle).map((node) => nameOf(graph, node)))
    .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

/** `a -> b -> a`, for messages. */
export function printCycle(cycle: readonly string[]): string {
  return [...cycle, ...cycle.slice(0, 1)].join(' -> ');
}

/** Strongly connected components that hold a cycle: several nodes, or one with an edge to itself. Tarjan's algorithm without recursion. */
function tanglesOf(graph: DirectedGraph): readonly (readonly number[])[] {
  const state: Search = {
    index: graph.names.map(() => -1),
    low: graph.names.map(() => 0),
    stack: [],
    onStack: new Set(),
    tangles: [],
    next: 0,
  };
  for (const node of graph.names.keys()) if (state.index[node] === -1) visit(graph, node, state);
  return state.tangles;
}

interface Search {
  readonly index: number[];
  readonly low: number[];
  readonly stack: number[];
  readonly onStack: Set<number>;
  readonly tangles: number[][];
  next: number;
}

interface Frame {
  readonly node: number;
  edge: number;
}

function visit(graph: DirectedGraph, root: number, state: Search): void {
  const frames: Frame[] = [enter(root, state)];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const next = graph.successors[frame.node]?.[frame.edge++];
    if (next === undefined) {
      frames.pop();
      leave(graph, frame.node, state);
      const parent = frames.at(-1);
      if (parent !== undefined) lower(state, parent.node, state.low[frame.node]);
    } else if (state.index[next] === -1) {
      frames.push(enter(next, state));
    } else if (state.onStack.has(next)) {
      lower(state, frame.node, state.index[next]);
    }
  }
}

function enter(node: number, state: Search): Frame {
  state.index[node] = state.next;
  state.low[node] = state.next++;
  state.stack.push(node);
  state.onStack.add(node);
  return { node, edge: 0 };
}

function lower(state: Search, node: number, to = 0): void {
  state.low[node] = Math.min(state.low[node] ?? 0, to);
}

function leave(graph: DirectedGraph, node: number, state: Search): void {
  if (state.low[node] !== state.index[node]) return;
  const tangle = state.stack.splice(state.stack.lastIndexOf(node));
  for (const member of tangle) state.onStack.delete(member);
  const loops = graph.successors[node]?.includes(node) ?? false;
  if (tangle.length > 1 || loops) state.tangles.push(tangle);
}

function shortestCycle(graph: DirectedGraph, tangle: readonly number[]): readonly number[] {
  const members = new Set(tangle);
  let best: readonly number[] | undefined;
  for (const start of [...tangle].sort((a, b) => a - b).slice(0, maxStarts)) {
    const cycle = cycleThrough(graph, start, members);
    if (best === undefined || cycle.length < best.length) best = cycle;
    if (best.length <= 1) break;
  }
  return best ?? [];
}

/** Shortest way from `start` back to itself inside its tangle, breadth first. */
function cycleThrough(graph: DirectedGraph, start: number, members: ReadonlySet<number>): readonly number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.successors[node] ?? []) {
      if (next === start) return pathBack(cameFrom, start, node);
      if (!members.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [start];
}

function pathBack(cameFrom: ReadonlyMap<number, number>, start: number, end: number): readonly number[] {
  const path = [end];
  for (let node = end; node !== start;) {
    node = cameFrom.get(node) ?? start;
    path.push(node);
  }
  return path.toReversed();
}

function rotate(cycle: readonly number[]): readonly number[] {
  const first = cycle.indexOf(Math.min(...cycle));
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
