import { printObject } from '@cluster-forge/kube/object';
import type { Graph, GraphNode } from '../graph.ts';
import { type View, viewOf } from './view.ts';

/** One box for each node, framed by component. */
export function objectView(graph: Graph): View {
  const boxes = graph.nodes.map((node) => ({ id: node.id, label: labelOf(node), cluster: node.component }));
  const arrows = graph.edges.map(({ from, to, reason, until, origin }) => ({
    from,
    to,
    reasons: [until === 'applied' ? reason : `${reason} (until ${until})`],
    declared: origin === 'declared',
  }));
  return viewOf(boxes, arrows);
}

function labelOf(node: GraphNode): string {
  if (node.kind === 'object') return printObject(node.object);
  if (node.kind === 'secret') return `generated ${printObject(node.object)}`;
  return node.id.slice('component/'.length);
}
