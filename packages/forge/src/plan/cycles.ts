import type { Diagnostic, Where } from '@cluster-forge/base';
import { cyclesOf } from '@cluster-forge/base/graph/cycles';
import type { DirectedGraph } from '@cluster-forge/base/graph/graph';
import { printObject } from '@cluster-forge/kube/object';
import { planErrors } from './errors.ts';
import type { Edge, GraphNode } from './graph.ts';
import { type ObjectSet, placeOf } from '../objects/set.ts';

/** A cycle with all that explains it: nodes in order, and the edge from each to the next. */
interface Cycle {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
}

/** One finding for every knot of nodes that wait for each other: the shortest way round, why each waits, and where it can be cut. */
export function describeCycles(
  directed: DirectedGraph,
  nodes: readonly GraphNode[],
  edges: readonly Edge[],
  set: ObjectSet,
): readonly Diagnostic[] {
  const cycles = cyclesOf(directed);
  if (cycles.length === 0) return [];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const byEnds = new Map(edges.map((edge) => [`${edge.from}\0${edge.to}`, edge]));
  return cycles.map((ids) => {
    const pairs = ids.map((id, index) => `${id}\0${ids[(index + 1) % ids.length]}`);
    return describe(
      { nodes: ids.flatMap((id) => byId.get(id) ?? []), edges: pairs.flatMap((pair) => byEnds.get(pair) ?? []) },
      set,
    );
  });
}

function describe(cycle: Cycle, set: ObjectSet): Diagnostic {
  const names = new Map(cycle.nodes.map((node) => [node.id, nameOf(node)]));
  const onlyNeeds = cycle.nodes.every(({ kind }) => kind === 'start' || kind === 'ready');
  const [where, ...related] = placesOf(cycle, set);
  const first = cycle.nodes[0];
  const path = [...cycle.nodes, ...(first === undefined ? [] : [first])].map(nameOf);
  const problem = {
    what: onlyNeeds
      ? `components require each other: ${round(cycle)}`
      : `objects wait for each other: ${path.join(' -> ')}`,
    why: cycle.edges
      .map(({ from, to, until, reason }) => `${names.get(to)} waits until ${names.get(from)} is ${until}: ${reason}`)
      .join('; '),
    fix: fixOf(cycle, onlyNeeds),
    ...(where === undefined ? {} : { where }),
    related,
  };
  return onlyNeeds ? planErrors.E_PLAN_NEEDS_CYCLE.diagnostic(problem) : planErrors.E_PLAN_CYCLE.diagnostic(problem);
}

/** `a -> b -> a`: who requires whom, which is against the direction of waiting. */
function round(cycle: Cycle): string {
  const names = [...new Set(cycle.nodes.map(({ component }) => component))].toReversed();
  return [...names, ...names.slice(0, 1)].join(' -> ');
}

function nameOf(node: GraphNode): string {
  switch (node.kind) {
    case 'object':
      return printObject(node.object);
    case 'secret':
      return `generated ${printObject(node.object)}`;
    case 'start':
      return `start of ${node.component}`;
    case 'ready':
      return `${node.component} ready`;
    case 'phase':
      return node.id.replace(/^component\//, 'phase ');
    default:
      return node satisfies never;
  }
}

function fixOf(cycle: Cycle, onlyNeeds: boolean): string {
  if (onlyNeeds)
    return 'remove one of these needs from its component.yaml, or move what both need into a component of its own';
  const hook = cycle.nodes.find((node) => node.kind === 'object' && node.phase === 'post');
  if (hook?.kind === 'object') {
    return `${printObject(hook.object)} is a hook that runs after the main objects, yet one of them needs it: make it a main object or a hook that runs before`;
  }
  const crossing = cycle.edges.some(({ origin, from }) => origin === 'declared' && from.endsWith('/ready'));
  if (crossing)
    return 'the objects contradict a need that a component declares: remove that need, or move the object that is needed first into the other component';
  return 'remove one of these references, or let one object do without the other at first';
}

function placesOf(cycle: Cycle, set: ObjectSet): readonly Where[] {
  const places = cycle.nodes.flatMap((node) => {
    const member = node.kind === 'object' ? set.byKey.get(node.id) : undefined;
    if (member !== undefined) return [placeOf(member)];
    if (node.kind === 'phase') return [];
    return set.components.get(node.component)?.where ?? [];
  });
  const seen = new Map(places.map((place) => [JSON.stringify(place), place]));
  return [...seen.values()];
}
