import { nameOf, topology, type DirectedEdge, type DirectedGraph } from './graph.ts';

/**
 * The fewest edges that keep every order of the graph, for drawing. Edges from or to nodes on or behind a cycle are kept. Uses one bit for each
 * pair of nodes: 12 MB for 10,000 nodes.
 */
export function transitiveReduction(graph: DirectedGraph): readonly DirectedEdge[] {
  const { order, levels } = topology(graph);
  const words = Math.ceil(graph.names.length / 32);
  const reach: (Uint32Array | undefined)[] = [];
  const kept: DirectedEdge[] = [];
  for (const node of order.toReversed()) {
    const below = new Uint32Array(words);
    reach[node] = below;
    // Nearest first: what is reached through a nearer successor needs no edge of its own.
    const nearestFirst = [...(graph.successors[node] ?? [])].sort(
      (a, b) => (levels[a] ?? 0) - (levels[b] ?? 0) || a - b,
    );
    for (const next of nearestFirst) {
      if (hasBit(below, next)) continue;
      kept.push({ from: nameOf(graph, node), to: nameOf(graph, next) });
      addAll(below, reach[next]);
      setBit(below, next);
    }
  }
  return [...kept, ...edgesOfBlocked(graph, order)].sort(byName);
}

export interface CriticalPath {
  /** Nodes of the longest chain, in order. */
  readonly path: readonly string[];
  /** Sum of their durations, in the unit of `durationOf`. */
  readonly duration: number;
}

/** The chain of nodes that decides when everything is done. Nodes on or behind a cycle do not take part. Ties go to the alphabetically first. */
export function criticalPath(graph: DirectedGraph, durationOf: (name: string) => number): CriticalPath {
  const { order } = topology(graph);
  const done = graph.names.map(() => 0);
  const previous: (number | undefined)[] = [];
  let last: number | undefined;
  for (const node of order) {
    const before = latest(graph.predecessors[node] ?? [], done);
    previous[node] = before;
    done[node] = (before === undefined ? 0 : (done[before] ?? 0)) + durationOf(nameOf(graph, node));
  }
  last = latest(
    [...order].sort((a, b) => a - b),
    done,
  );
  const duration = last === undefined ? 0 : (done[last] ?? 0);
  const path: string[] = [];
  for (; last !== undefined; last = previous[last]) path.push(nameOf(graph, last));
  return { path: path.toReversed(), duration };
}

function latest(nodes: readonly number[], done: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const node of nodes) if (best === undefined || (done[node] ?? 0) > (done[best] ?? 0)) best = node;
  return best;
}

function edgesOfBlocked(graph: DirectedGraph, order: readonly number[]): readonly DirectedEdge[] {
  const ordered = new Set(order);
  return graph.successors.flatMap((successors, node) =>
    ordered.has(node) ? [] : successors.map((next) => ({ from: nameOf(graph, node), to: nameOf(graph, next) })),
  );
}

function byName(a: DirectedEdge, b: DirectedEdge): number {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1;
  if (a.to === b.to) return 0;
  return a.to < b.to ? -1 : 1;
}

function hasBit(bits: Uint32Array, index: number): boolean {
  return ((bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
}

function setBit(bits: Uint32Array, index: number): void {
  bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
}

function addAll(bits: Uint32Array, others: Uint32Array | undefined): void {
  if (others === undefined) return;
  for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] ?? 0) | (others[word] ?? 0);
}
