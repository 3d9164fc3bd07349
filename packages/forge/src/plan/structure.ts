import { isEarly } from './early.ts';
import type { Edge, GraphNode } from './graph.ts';
import { POD_PATHS } from '../objects/references/pod.ts';
import type { GeneratedSecret, Member, ObjectSet } from '../objects/set.ts';

export const startId = (component: string): string => `component/${component}/start`;
export const readyId = (component: string): string => `component/${component}/ready`;

/** Nodes and edges that follow from what components declare: phases, needs, secrets. */
export interface Structure {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
}

/** The shape of one component. One without objects is just `start` and `ready`. */
export function structureOf(component: string, set: ObjectSet, members: readonly Member[]): Structure {
  const secrets = [...set.secrets.values()].filter((secret) => secret.component === component);
  const parts = [
    frame(component),
    phases(component, members),
    generated(component, secrets),
    operators(component, members),
    needs(component, set),
  ];
  return { nodes: parts.flatMap(({ nodes }) => nodes), edges: parts.flatMap(({ edges }) => edges) };
}

function frame(component: string): Structure {
  const [start, ready] = [startId(component), readyId(component)];
  return {
    nodes: [
      { kind: 'start', id: start, component },
      { kind: 'ready', id: ready, component },
    ],
    edges: [edge(start, ready, 'component starts before it is ready')],
  };
}

/** Hooks before, main objects, hooks after, each in the order of weights; between two groups stands a `phase` node. */
function phases(component: string, members: readonly Member[]): Structure {
  const groups = groupsOf(component, members);
  const nodes: GraphNode[] = members.map(({ key, id, rendered }) => ({
    kind: 'object',
    id: key,
    component,
    object: id,
    phase: rendered.phase,
  }));
  const edges: Edge[] = [];
  for (const [index, group] of groups.entries()) {
    const exit = groups[index + 1]?.entry ?? readyId(component);
    if (index > 0) nodes.push({ kind: 'phase', id: group.entry, component });
    edges.push(edge(group.entry, exit, `${group.title} come before what follows`));
    for (const member of group.members) {
      if (isGated(member)) edges.push(edge(group.entry, member.key, `${group.title} wait for what comes before`));
      edges.push(edge(member.key, exit, exitReason(group, index === groups.length - 1), doneWhen(member)));
    }
  }
  return { nodes, edges };
}

interface Group {
  readonly phase: 'pre' | 'main' | 'post';
  /** Node that all gated objects of the group wait for. */
  readonly entry: string;
  readonly title: string;
  readonly members: readonly Member[];
}

const PHASES = [
  { phase: 'pre', title: 'hooks before the main objects' },
  { phase: 'main', title: 'main objects' },
  { phase: 'post', title: 'hooks after the main objects' },
] as const;

function groupsOf(component: string, members: readonly Member[]): readonly Group[] {
  const found = PHASES.flatMap(({ phase, title }) => {
    const weights = Map.groupBy(
      members.filter(({ rendered }) => rendered.phase === phase),
      ({ rendered }) => rendered.weight,
    );
    return [...weights]
      .sort(([a], [b]) => a - b)
      .map(([weight, list]) => ({ phase, title, members: list, part: weights.size > 1 ? `/${weight}` : '' }));
  });
  return found.map(({ part, ...group }, index) => ({
    ...group,
    title: part === '' ? group.title : `${group.title} of weight ${part.slice(1)}`,
    entry: index === 0 ? startId(component) : `component/${component}/${group.phase}${part}`,
  }));
}

/** Hooks after the main objects wait whatever they are; of the others, only what acts. */
function isGated(member: Member): boolean {
  return member.rendered.phase === 'post' || !isEarly(member.kind);
}

/** A webhook configuration that has been accepted helps nobody until its server answers. */
function doneWhen(member: Member): Edge['until'] {
  return /^(?:Validating|Mutating)WebhookConfiguration\./.test(member.kind) ? 'serving' : 'ready';
}

function exitReason(group: Group, last: boolean): string {
  return last ? 'component is ready when its objects are' : `${group.title} come before what follows`;
}

function generated(component: string, secrets: readonly GeneratedSecret[]): Structure {
  return {
    nodes: secrets.map(({ key, spec: { namespace, name } }) => ({
      kind: 'secret',
      id: key,
      component,
      object: { apiVersion: 'v1', kind: 'Secret', namespace, name },
    })),
    edges: secrets.map(({ key }) => edge(key, readyId(component), 'component is ready when its secrets exist')),
  };
}

/**
 * An operator that starts before its CRDs were accepted fails and backs off; it need not wait until they are established, which takes the API
 * server as long as scheduling and pulling takes the nodes.
 */
function operators(component: string, members: readonly Member[]): Structure {
  const crds = members.filter(({ kind }) => kind === 'CustomResourceDefinition.apiextensions.k8s.io');
  const workloads = members.filter(({ kind, rendered }) => kind in POD_PATHS && rendered.phase === 'main');
  if (crds.length === 0 || workloads.length === 0) return { nodes: [], edges: [] };
  const id = `component/${component}/crds`;
  const reason = 'workloads start once the CRDs of their component are accepted';
  return {
    nodes: [{ kind: 'phase', id, component }],
    edges: [
      ...crds.map(({ key }): Edge => ({ from: key, to: id, until: 'applied', origin: 'inferred', reason })),
      ...workloads.map(({ key }): Edge => ({ from: id, to: key, until: 'applied', origin: 'inferred', reason })),
    ],
  };
}

/** Needs that no rendered component meets are left out; plan warns about them. */
function needs(component: string, set: ObjectSet): Structure {
  const requires = set.components.get(component)?.requires ?? [];
  const met = requires.filter(({ component: needed }) => set.components.has(needed));
  const edges = met.map((need) =>
    edge(readyId(need.component), startId(component), `${component} requires ${need.reason}`),
  );
  return { nodes: [], edges };
}

function edge(from: string, to: string, reason: string, until: Edge['until'] = 'ready'): Edge {
  return { from, to, until, origin: 'declared', reason };
}
