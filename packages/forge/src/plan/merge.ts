import type { Edge } from './graph.ts';

const STRENGTH: Readonly<Record<Edge['until'], number>> = { applied: 0, ready: 1, serving: 2 };

/** One edge for each pair of nodes, sorted: the one that asks most; of equals the declared, then the one whose reason comes first. Loops go. */
export function mergeEdges(edges: readonly Edge[]): readonly Edge[] {
  const best = new Map<string, Edge>();
  for (const edge of edges) {
    if (edge.from === edge.to) continue;
    const key = `${edge.from}\0${edge.to}`;
    const other = best.get(key);
    if (other === undefined || isStronger(edge, other)) best.set(key, edge);
  }
  return [...best.values()].sort(byEnds);
}

function isStronger(a: Edge, b: Edge): boolean {
  if (a.until !== b.until) return STRENGTH[a.until] > STRENGTH[b.until];
  if (a.origin !== b.origin) return a.origin === 'declared';
  return a.reason < b.reason;
}

function byEnds(a: Edge, b: Edge): number {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1;
  if (a.to === b.to) return 0;
  return a.to < b.to ? -1 : 1;
}
