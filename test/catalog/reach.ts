import type { Json, JsonObject } from '@cluster-forge/base';
import { fieldAt } from '@cluster-forge/kube/object';
import { mapOf, objectsOf, textOf } from './json.ts';

/** One end of a connection. */
export interface Endpoint {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the evaluator knows of a cluster. */
export interface Network {
  /** NetworkPolicy objects. */
  readonly policies: readonly JsonObject[];
  /** Labels of namespaces by name; every namespace has `kubernetes.io/metadata.name` besides. */
  readonly namespaceLabels: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
}

/**
 * Whether NetworkPolicies let a connection pass (https://kubernetes.io/docs/concepts/services-networking/network-policies): each end that some policy
 * selects for its direction needs one rule that allows it. Peers by `ipBlock` never match pods here.
 */
export function canReach(connection: Connection, network: Network): boolean {
  return passes('egress', connection, network) && passes('ingress', connection, network);
}

/** Policies of one direction that select an endpoint. */
export function policiesOf(
  direction: 'ingress' | 'egress',
  endpoint: Endpoint,
  network: Network,
): readonly JsonObject[] {
  return network.policies.filter(
    (policy) =>
      fieldAt(policy, 'metadata', 'namespace') === endpoint.namespace &&
      directionsOf(policy).includes(direction) &&
      matches(fieldAt(policy, 'spec', 'podSelector'), endpoint.labels),
  );
}

function passes(direction: 'ingress' | 'egress', connection: Connection, network: Network): boolean {
  const [self, peer] = direction === 'egress' ? [connection.from, connection.to] : [connection.to, connection.from];
  const policies = policiesOf(direction, self, network);
  if (policies.length === 0) return true;
  return policies.some((policy) =>
    objectsOf(fieldAt(policy, 'spec', direction)).some(
      (rule) =>
        portAllowed(rule, connection) &&
        peerAllowed(rule[direction === 'egress' ? 'to' : 'from'], peer, { policy, network }),
    ),
  );
}

function directionsOf(policy: JsonObject): readonly string[] {
  const types = fieldAt(policy, 'spec', 'policyTypes');
  if (Array.isArray(types)) return types.map((type) => textOf(type).toLowerCase());
  return fieldAt(policy, 'spec', 'egress') === undefined ? ['ingress'] : ['ingress', 'egress'];
}

function portAllowed(rule: JsonObject, { port, protocol = 'TCP' }: Connection): boolean {
  const ports = rule['ports'];
  if (ports === undefined) return true;
  return objectsOf(ports).some((allowed) => {
    const first = Number(allowed['port']);
    const last = Number(allowed['endPort'] ?? first);
    return (
      (allowed['protocol'] ?? 'TCP') === protocol && (allowed['port'] === undefined || (port >= first && port <= last))
    );
  });
}

interface PeerPlace {
  readonly policy: JsonObject;
  readonly network: Network;
}

function peerAllowed(peers: Json | undefined, peer: Endpoint, { policy, network }: PeerPlace): boolean {
  if (peers === undefined) return true;
  const labelsOfNamespace = {
    'kubernetes.io/metadata.name': peer.namespace,
    ...network.namespaceLabels[peer.namespace],
  };
  return objectsOf(peers).some((allowed) => {
    if (allowed['ipBlock'] !== undefined) return false;
    const byNamespace = allowed['namespaceSelector'];
    const namespaceFits =
      byNamespace === undefined
        ? peer.namespace === fieldAt(policy, 'metadata', 'namespace')
        : matches(byNamespace, labelsOfNamespace);
    return namespaceFits && matches(allowed['podSelector'], peer.labels);
  });
}

/** A label selector; absent or empty selects all. */
export function matches(selector: Json | undefined, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(mapOf(fieldAt(selector, 'matchLabels')));
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    objectsOf(fieldAt(selector, 'matchExpressions')).every((expression) => expressionHolds(expression, labels))
  );
}

function expressionHolds({ key, operator, values }: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textOf(key)];
  const listed = Array.isArray(values) && value !== undefined && values.includes(value);
  switch (operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new TypeError(`unknown operator ${textOf(operator)}`);
  }
}
