import type { Edge, Graph } from '../graph.ts';
import { type Arrow, type View, viewOf } from './view.ts';

/** One box for each component; an arrow wherever something of one waits for something of another. Frames are categories, when given. */
export function componentView(graph: Graph, categories: ReadonlyMap<string, string> = new Map()): View {
  const owner = new Map(graph.nodes.map(({ id, component }) => [id, component]));
  const counts = new Map<string, number>();
  for (const { kind, component } of graph.nodes)
    counts.set(component, (counts.get(component) ?? 0) + (kind === 'object' || kind === 'secret' ? 1 : 0));
  const boxes = [...counts].map(([name, count]) => {
    const cluster = categories.get(name);
    const detail = `${count} ${count === 1 ? 'object' : 'objects'}`;
    return { id: name, label: name, detail, ...(cluster === undefined ? {} : { cluster }) };
  });
  return viewOf(boxes, arrowsBetween(graph.edges, owner));
}

function arrowsBetween(edges: readonly Edge[], owner: ReadonlyMap<string, string>): readonly Arrow[] {
  const crossing = edges.filter(({ from, to }) => owner.get(from) !== owner.get(to));
  const grouped = Map.groupBy(crossing, ({ from, to }) => `${owner.get(from)}\0${owner.get(to)}`);
  return [...grouped].map(([ends, list]) => {
    const [from = '', to = ''] = ends.split('\0');
    return {
      from,
      to,
      reasons: [...new Set(list.map(({ reason }) => reason))].sort(),
      declared: list.some(({ origin }) => origin === 'declared'),
    };
  });
}
