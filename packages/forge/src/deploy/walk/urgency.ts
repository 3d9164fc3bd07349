import type { Graph, GraphNode } from '../../plan/graph.ts';

/**
 * Rough cost of a node relative to the others, from measurements on a real control plane: a CRD takes the API server about a tenth of a second of CPU
 * and is established last of all, a workload has to schedule and start pods, all else is a write.
 */
const costs: Readonly<Record<string, number>> = {
  CustomResourceDefinition: 10,
  Deployment: 5,
  StatefulSet: 8,
  DaemonSet: 5,
  Job: 8,
  Pod: 5,
  PersistentVolumeClaim: 3,
};

function costOf(node: GraphNode): number {
  return node.kind === 'object' ? (costs[node.object.kind] ?? 1) : 0;
}

/** Length of the longest way from each node to an end, in costs: what has most behind it goes first. Nodes on a cycle count as ends. */
export function urgencies(graph: Graph): ReadonlyMap<string, number> {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const outOf = Map.groupBy(graph.edges, ({ from }) => from);
  const known = new Map<string, number>();
  const visit = (node: GraphNode): number => {
    const before = known.get(node.id);
    if (before !== undefined) return before;
    known.set(node.id, costOf(node));
    const rest = (outOf.get(node.id) ?? [])
      .map(({ to }) => nodes.get(to))
      .map((next) => (next === undefined ? 0 : visit(next)));
    const length = costOf(node) + Math.max(0, ...rest);
    known.set(node.id, length);
    return length;
  };
  for (const node of graph.nodes) visit(node);
  return known;
}
