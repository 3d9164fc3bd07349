import { graphErrors } from './errors.ts';

/** `to` comes after `from`. */
export interface DirectedEdge {
  readonly from: string;
  readonly to: string;
}

/** A directed graph, made by `directedGraph`. Nodes are numbered in the order of their names, so that ties break by name everywhere. */
export interface DirectedGraph {
  readonly names: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Node numbers, ascending, without repetition. */
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
}

/** Builds a graph; repeated nodes and edges count once. Throws E_GRAPH_NODE when an edge names an unknown node. */
export function directedGraph(nodes: Iterable<string>, edges: Iterable<DirectedEdge>): DirectedGraph {
  const names = [...new Set(nodes)].sort();
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const successors: Set<number>[] = names.map(() => new Set());
  const predecessors: Set<number>[] = names.map(() => new Set());
  for (const edge of edges) {
    const from = numberOf(edge.from, edge, indexOf);
    const to = numberOf(edge.to, edge, indexOf);
    successors[from]?.add(to);
    predecessors[to]?.add(from);
  }
  const ascending = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);
  return { names, indexOf, successors: successors.map(ascending), predecessors: predecessors.map(ascending) };
}

function numberOf(name: string, edge: DirectedEdge, indexOf: ReadonlyMap<string, number>): number {
  const index = indexOf.get(name);
  if (index !== undefined) return index;
  throw graphErrors.E_GRAPH_NODE({
    what: `the edge from "${edge.from}" to "${edge.to}" names "${name}", which is not a node of the graph`,
    fix: 'this is a bug of forge: please report it with the platform that shows it',
  });
}

export interface Levels {
  /** Each node is one level after the last of its predecessors; names in order within a level. */
  readonly levels: readonly (readonly string[])[];
  /** Nodes on a cycle or behind one: they never start. Empty for a graph without cycles. */
  readonly blocked: readonly string[];
}

/** Topological levels. Linear in nodes and edges. */
export function levelsOf(graph: DirectedGraph): Levels {
  const { order, levels } = topology(graph);
  const grouped: string[][] = [];
  for (const node of order) (grouped[levels[node] ?? 0] ??= []).push(nameOf(graph, node));
  for (const level of grouped) level.sort();
  const reached = new Set(order);
  return { levels: grouped, blocked: graph.names.filter((_, node) => !reached.has(node)) };
}

export interface Topology {
  /** Node numbers, each after all its predecessors; nodes on or behind a cycle are missing. */
  readonly order: readonly number[];
  /** Level of each node number. */
  readonly levels: readonly number[];
}

/** Kahn's algorithm, level by level. */
export function topology(graph: DirectedGraph): Topology {
  const waiting = graph.predecessors.map((list) => list.length);
  const levels = graph.names.map(() => 0);
  const order: number[] = [];
  for (const [node, count] of waiting.entries()) if (count === 0) order.push(node);
  // The list grows while it is walked.
  for (const node of order) {
    for (const next of graph.successors[node] ?? []) {
      levels[next] = Math.max(levels[next] ?? 0, (levels[node] ?? 0) + 1);
      waiting[next] = (waiting[next] ?? 0) - 1;
      if (waiting[next] === 0) order.push(next);
    }
  }
  return { order, levels };
}

/** All nodes that can be reached from `starts` (which are included), following edges forward, or backward to find what they need. Sorted. */
export function reachableFrom(
  graph: DirectedGraph,
  starts: Iterable<string>,
  direction: 'forward' | 'backward' = 'forward',
): readonly string[] {
  const next = direction === 'forward' ? graph.successors : graph.predecessors;
  const first = [...starts].flatMap((name) => graph.indexOf.get(name) ?? []);
  const seen = new Set(first);
  // A set can grow while it is walked.
  for (const node of seen) for (const other of next[node] ?? []) seen.add(other);
  return [...seen].sort((a, b) => a - b).map((node) => nameOf(graph, node));
}

export function nameOf(graph: DirectedGraph, node: number): string {
  return graph.names[node] ?? '';
}
