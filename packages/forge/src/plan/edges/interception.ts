import type { Json } from '@cluster-forge/base';
import { fieldAt, groupOf, printObject } from '@cluster-forge/kube/object';
import type { Edge } from '../graph.ts';
import { listAt } from '../../objects/references/reference.ts';
import { matchesSelector } from '../../objects/selector.ts';
import { type Member, namespaceKey, type ObjectSet } from '../../objects/set.ts';
import { inferred } from './rule.ts';

/**
 * Custom resources that a webhook intercepts come after its server answers, or the API server refuses them (`failurePolicy: Fail`) or takes
 * them unchecked (`Ignore`). One that the webhook itself waits for comes before, while the webhook is not registered yet; so these edges are
 * added last, each only where it closes no cycle. Objects of built-in kinds are not ordered: a webhook that catches every Job would
 * otherwise hold up Jobs that have nothing to do with it; a deploy tries those again.
 */
export function interceptionEdges(set: ObjectSet, edges: readonly Edge[]): readonly Edge[] {
  const customs = Map.groupBy(
    set.members.filter(({ custom }) => custom),
    ({ id }) => groupOf(id.apiVersion),
  );
  if (customs.size === 0) return [];
  const predecessors = predecessorsOf(edges);
  const added: Edge[] = [];
  for (const configuration of configurations(set)) {
    const caught = interceptedBy(configuration, customs, set);
    const before = caught.length === 0 ? new Set<string>() : ancestorsOf(configuration.key, predecessors);
    for (const member of caught) {
      if (before.has(member.key)) continue;
      added.push(
        inferred(configuration.key, member.key, 'serving', `${printObject(configuration.id)} checks it on the way in`),
      );
      addTo(predecessors, member.key, configuration.key);
    }
  }
  return added;
}

function configurations(set: ObjectSet): readonly Member[] {
  const found = set.members.filter(({ id }) => /^(?:Validating|Mutating)WebhookConfiguration$/.test(id.kind));
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function interceptedBy(
  configuration: Member,
  customs: ReadonlyMap<string, readonly Member[]>,
  set: ObjectSet,
): readonly Member[] {
  const webhooks = listAt(configuration.manifest.object, 'webhooks');
  const rules = webhooks.flatMap((webhook) => listAt(webhook, 'rules').map((rule) => ({ webhook, rule })));
  const caught = rules.flatMap(({ webhook, rule }) =>
    candidates(rule, customs).filter((member) => catches(webhook, rule, member, set)),
  );
  return [...new Set(caught)].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function candidates(rule: Json, customs: ReadonlyMap<string, readonly Member[]>): readonly Member[] {
  const groups = listAt(rule, 'apiGroups');
  if (groups.includes('*')) return [...customs.values()].flat();
  return groups.flatMap((group) => (typeof group === 'string' ? (customs.get(group) ?? []) : []));
}

/** Versions are left out: webhooks see every version of a kind unless `matchPolicy` is `Exact`, which nobody sets to exclude one. */
function catches(webhook: Json, rule: Json, member: Member, set: ObjectSet): boolean {
  const operations = listAt(rule, 'operations');
  const resources = listAt(rule, 'resources');
  const resource = set.crds.get(member.kind)?.head.plural ?? pluralOf(member.id.kind);
  if (!operations.includes('CREATE') && !operations.includes('*')) return false;
  if (!['*', '*/*', resource].some((wanted) => resources.includes(wanted))) return false;
  if (!matchesSelector(fieldAt(webhook, 'objectSelector'), member.manifest.labels)) return false;
  return (
    member.id.namespace === undefined ||
    matchesSelector(fieldAt(webhook, 'namespaceSelector'), namespaceLabels(member.id.namespace, set))
  );
}

/** Every namespace carries its own name as a label. */
function namespaceLabels(namespace: string, set: ObjectSet): Json {
  return { ...set.byKey.get(namespaceKey(namespace))?.manifest.labels, 'kubernetes.io/metadata.name': namespace };
}

/** Plural of a kind whose CRD is not in the set, by the rule that code generators follow. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

function predecessorsOf(edges: readonly Edge[]): Map<string, string[]> {
  const predecessors = new Map<string, string[]>();
  for (const { from, to } of edges) addTo(predecessors, to, from);
  return predecessors;
}

function addTo(predecessors: Map<string, string[]>, to: string, from: string): void {
  const list = predecessors.get(to);
  if (list === undefined) predecessors.set(to, [from]);
  else list.push(from);
}

function ancestorsOf(key: string, predecessors: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set([key]);
  // A set can grow while it is walked.
  for (const node of seen) for (const before of predecessors.get(node) ?? []) seen.add(before);
  return seen;
}
