import type { Edge, Graph, GraphNode } from '../../plan/graph.ts';

export type Level = Edge['until'];

const rank: Readonly<Record<Level, number>> = { applied: 1, ready: 2, serving: 3 };

/**
 * Which node may begin next. Pure bookkeeping: a node is available when every edge that ends at it has been met, and is taken at most once; of the
 * available ones the most urgent comes first, ties by id. Levels only rise.
 */
export interface Schedule {
  /** The most urgent available node that `accepts` lets through; it counts as begun from now on. */
  take(accepts: (node: GraphNode) => boolean): GraphNode | undefined;
  /** The node has reached this level and all below it. */
  reach(id: string, level: Level): void;
  has(id: string, level: Level): boolean;
  /** Edges that still keep a node from beginning. */
  unmet(id: string): readonly Edge[];
  begun(id: string): boolean;
}

/** Edges whose ends are not both nodes are ignored. */
export function createSchedule(graph: Graph, urgency: ReadonlyMap<string, number>): Schedule {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const edges = graph.edges.filter(({ from, to }) => nodes.has(from) && nodes.has(to) && from !== to);
  const into = Map.groupBy(edges, ({ to }) => to);
  const outOf = Map.groupBy(edges, ({ from }) => from);
  const reached = new Map<string, number>();
  const begun = new Set<string>();
  const open = new Map(graph.nodes.map(({ id }) => [id, into.get(id)?.length ?? 0]));
  const isBefore = (a: GraphNode, b: GraphNode) => {
    const difference = (urgency.get(b.id) ?? 0) - (urgency.get(a.id) ?? 0);
    return difference === 0 ? a.id < b.id : difference < 0;
  };
  const available: GraphNode[] = [];
  const offer = (node: GraphNode) =>
    available.splice(
      insertionPoint(available, (other) => isBefore(other, node)),
      0,
      node,
    );
  for (const node of graph.nodes) if (open.get(node.id) === 0) offer(node);

  const levelOf = (id: string) => reached.get(id) ?? 0;
  const meet = (edge: Edge) => {
    const left = (open.get(edge.to) ?? 0) - 1;
    open.set(edge.to, left);
    const node = nodes.get(edge.to);
    if (left === 0 && node !== undefined) offer(node);
  };
  return {
    take: (accepts) => {
      const index = available.findIndex(accepts);
      const [node] = index === -1 ? [] : available.splice(index, 1);
      if (node !== undefined) begun.add(node.id);
      return node;
    },
    reach: (id, level) => {
      const before = levelOf(id);
      const now = rank[level];
      if (now <= before) return;
      reached.set(id, now);
      for (const edge of outOf.get(id) ?? []) if (rank[edge.until] > before && rank[edge.until] <= now) meet(edge);
    },
    has: (id, level) => levelOf(id) >= rank[level],
    unmet: (id) => (into.get(id) ?? []).filter(({ from, until }) => levelOf(from) < rank[until]),
    begun: (id) => begun.has(id),
  };
}

function insertionPoint<T>(sorted: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = sorted[middle];
    if (item !== undefined && isBefore(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
