import type { JsonObject } from '@cluster-forge/base';
import { describe, expect, test } from 'vitest';
import { canReach, type Connection, type Network } from './reach.ts';

function policy(spec: JsonObject, namespace = 'n'): JsonObject {
  return { kind: 'NetworkPolicy', metadata: { name: 'p', namespace }, spec };
}

const client = { namespace: 'n', labels: { app: 'client' } };
const server = { namespace: 'n', labels: { app: 'server' } };
const outsider = { namespace: 'other', labels: { app: 'client' } };
const toServer: Connection = { from: client, to: server, port: 80 };

const denyAll = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const serverAllows = policy({
  podSelector: { matchLabels: { app: 'server' } },
  policyTypes: ['Ingress'],
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 80 }] }],
});
const clientMay = policy({
  podSelector: { matchLabels: { app: 'client' } },
  policyTypes: ['Egress'],
  egress: [{ to: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['server'] }] } }] }],
});

function network(...policies: readonly JsonObject[]): Network {
  return { policies, namespaceLabels: { other: { team: 'b' } } };
}

describe('canReach', () => {
  const table: readonly (readonly [string, Connection, Network, boolean])[] = [
    ['no policy selects either end', toServer, network(), true],
    ['both are denied', toServer, network(denyAll), false],
    ['only the server agrees', toServer, network(denyAll, serverAllows), false],
    ['only the client may', toServer, network(denyAll, clientMay), false],
    ['both agree', toServer, network(denyAll, serverAllows, clientMay), true],
    ['another port', { ...toServer, port: 81 }, network(serverAllows), false],
    ['another protocol', { ...toServer, protocol: 'UDP' }, network(serverAllows), false],
    ['a pod without the label', { ...toServer, from: { namespace: 'n', labels: {} } }, network(serverAllows), false],
    ['the same label in another namespace', { ...toServer, from: outsider }, network(serverAllows), false],
    [
      'a namespace selector that fits',
      { ...toServer, from: outsider },
      network(
        policy({
          podSelector: {},
          ingress: [
            { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other', team: 'b' } } }] },
          ],
        }),
      ),
      true,
    ],
    ['policies of another namespace', toServer, network(policy({ podSelector: {} }, 'other')), true],
    [
      'a range of ports',
      { ...toServer, port: 85 },
      network(policy({ podSelector: {}, ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })),
      true,
    ],
    [
      'an address block, which no pod is',
      toServer,
      network(policy({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] })),
      false,
    ],
  ];
  test.each(table)('%s', (_, connection, given, expected) => {
    expect(canReach(connection, given)).toBe(expected);
  });
});
