import { fieldAt } from '@cluster-forge/kube/object';
import { expect, test } from 'vitest';
import { renderAirmLocal } from './airm-local.ts';
import { mapOf, textMap } from './json.ts';
import { podTemplatesOf, type PodTemplate } from './objects.ts';
import { canReach, policiesOf, type Connection, type Endpoint, type Network } from './reach.ts';

const { objects } = await renderAirmLocal();

const network: Network = {
  policies: objects.filter(({ kind }) => kind === 'NetworkPolicy'),
  namespaceLabels: Object.fromEntries(
    objects
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => [metadata.name, textMap(metadata['labels'])]),
  ),
};
const dns = { name: 'dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
const stranger = { name: 'stranger', namespace: 'default', labels: { 'access.clusterforge.dev/postgres': 'true' } };
const ends = [...podTemplatesOf(objects).map(endOf), dns, stranger];
const ports = [53, 80, 443, 4369, 5432, 5672, 7800, 8080, 8333, 8888, 9000, 9333, 15672, 15692, 25672, 35672, 57800];

test('every pod is closed in both directions until a rule opens it', () => {
  for (const namespace of ['airm', 'demo'])
    for (const direction of ['ingress', 'egress'] as const) {
      const closing = policiesOf(direction, { namespace, labels: {} }, network).filter(
        ({ spec }) => fieldAt(spec, direction) === undefined,
      );
      expect(
        closing.map(({ metadata }) => fieldAt(metadata, 'name')),
        `${direction} of ${namespace}`,
      ).toEqual(['default-deny']);
    }
});

test('lets through what the components need, and nothing else', () => {
  const inside = (end: Endpoint) => end.namespace === 'airm' || end.namespace === 'demo';
  const open = ends.flatMap((from) =>
    ends
      .filter((to) => inside(from) || inside(to))
      .flatMap((to) =>
        ports
          .filter((port) => canReach({ from, to, port }, network))
          .map((port) => `${from.name} -> ${to.name} ${port}`),
      ),
  );
  const lookups = ['keycloak', 'postgres', 'rabbitmq', 'seaweedfs', 'seaweedfs-buckets'].map(
    (name) => `${name} -> dns 53`,
  );
  expect([...new Set(open)].sort()).toEqual(
    [
      ...lookups,
      'keycloak -> keycloak 57800',
      'keycloak -> keycloak 7800',
      'keycloak -> postgres 5432',
      'rabbitmq -> rabbitmq 25672',
      'rabbitmq -> rabbitmq 35672',
      'rabbitmq -> rabbitmq 4369',
      'seaweedfs-buckets -> seaweedfs 8333',
    ].sort(),
  );
});

/** As a client sees it that no policy holds back: the server's own door. */
const ingressOnly: Network = {
  ...network,
  policies: network.policies.map((policy) => ({
    ...policy,
    spec: { ...mapOf(policy['spec']), policyTypes: ['Ingress'] },
  })),
};

test.each([
  ['postgres', 'postgres', [5432]],
  ['message-queue', 'rabbitmq', [5672, 15672]],
  ['object-storage', 'seaweedfs', [8333]],
  ['oidc', 'keycloak', [8080]],
])('a pod of the namespace reaches %s by its label alone', (capability, server, expected) => {
  const to = ends.find(({ name }) => name === server) ?? stranger;
  const connect = (labels: Endpoint['labels'], namespace = 'airm', by = network) =>
    ports.filter((port) => canReach({ from: { namespace, labels }, to, port } satisfies Connection, by));
  const label = { [`access.clusterforge.dev/${capability}`]: 'true' };
  expect(connect(label)).toEqual(expected);
  expect(connect(label, 'airm', ingressOnly)).toEqual(expected);
  expect(connect({})).toEqual([]);
  expect(connect(label, 'elsewhere')).toEqual([]);
});

function endOf({ namespace, labels }: PodTemplate) {
  return { name: labels['app.kubernetes.io/name'] ?? '', namespace, labels };
}
