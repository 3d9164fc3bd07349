import { fieldAt } from '@cluster-forge/kube/object';
import { describe, expect, test } from 'vitest';
import { find, renderSizes, sizes } from './airm-local.ts';
import { textMap, textOf } from './json.ts';
import { amount, containerSpecs, podTemplatesOf, secretUses, type PodTemplate } from './objects.ts';
import { restrictedViolations } from './pod-security.ts';

const rendered = await renderSizes();

describe.each(sizes)('at size %s', (size) => {
  const { objects, platform } = rendered[size];
  const pods = podTemplatesOf(objects);
  const containers = pods.flatMap((pod) => containerSpecs(pod).map((spec) => ({ pod, spec })));

  test('pods are restricted and bring no token', () => {
    expect(pods.map(({ name }) => name).sort()).toEqual([
      'Deployment airm/keycloak',
      'Job airm/seaweedfs-bucket-datasets',
      'Job airm/seaweedfs-bucket-default-bucket',
      'Job airm/seaweedfs-bucket-models',
      'Job demo/demo-gpu-amd-x1',
      'StatefulSet airm/postgres',
      'StatefulSet airm/rabbitmq',
      'StatefulSet airm/seaweedfs',
    ]);
    expect(
      pods.flatMap(({ name, spec }) => restrictedViolations(spec).map((finding) => `${name}: ${finding}`)),
    ).toEqual([]);
    for (const { spec } of pods) {
      expect(spec['automountServiceAccountToken']).toBe(false);
      expect(spec['serviceAccountName']).toEqual(expect.any(String));
    }
    for (const { spec } of containers) expect(fieldAt(spec, 'securityContext', 'readOnlyRootFilesystem')).toBe(true);
  });

  test('namespaces enforce what the pods keep', () => {
    const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
    expect(namespaces.map(({ metadata }) => metadata.name).sort()).toEqual(['airm', 'demo']);
    for (const { metadata } of namespaces)
      expect(textMap(metadata['labels'])['pod-security.kubernetes.io/enforce']).toBe('restricted');
  });

  test('images are pinned', () => {
    const images = new Set(containers.map(({ spec }) => textOf(spec['image'])));
    expect([...images].filter((image) => !isPinned(image))).toEqual([]);
  });

  test('containers ask for what they need and are bounded', () => {
    for (const { spec } of containers)
      for (const resource of ['cpu', 'memory']) {
        const request = amount(fieldAt(spec, 'resources', 'requests', resource));
        expect(request).toBeGreaterThan(0);
        expect(amount(fieldAt(spec, 'resources', 'limits', resource))).toBeGreaterThanOrEqual(request);
      }
  });

  test('long-running containers are probed, and replicated ones have a disruption budget', () => {
    const running = pods.filter(({ kind }) => kind !== 'Job');
    for (const { spec } of running)
      expect(fieldAt(spec, 'containers', 0)).toMatchObject({
        startupProbe: expect.anything(),
        readinessProbe: expect.anything(),
        livenessProbe: expect.anything(),
      });
    const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ metadata }) => metadata.name);
    expect(new Set(budgets)).toEqual(new Set(running.map(({ name }) => name.split('/')[1])));
  });

  test('labels say what everything is', () => {
    const wanted = ['app.kubernetes.io/name', 'app.kubernetes.io/component', 'app.kubernetes.io/part-of'];
    const bare = objects
      .filter(({ kind }) => kind !== 'Namespace')
      .filter(({ metadata }) => {
        const labels = textMap(metadata['labels']);
        return !wanted.every((key) => key in labels);
      });
    expect(bare.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
    for (const { labels } of pods) for (const key of wanted) expect(labels).toHaveProperty([key]);
  });

  test('no Secret is written down, and every one that a pod reads is generated with the key it reads', () => {
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const specs = new Map(platform.components.flatMap(({ secrets }) => secrets.map((secret) => [secret.name, secret])));
    const uses = pods.flatMap((pod) => secretUses(pod).map((use) => ({ ...use, namespace: pod.namespace })));
    expect(uses.length).toBeGreaterThan(10);
    const missing = uses.filter(({ name, key, namespace }) => {
      const spec = specs.get(name);
      return spec?.namespace !== namespace || (key !== undefined && !Object.hasOwn(spec.keys, key));
    });
    expect(missing).toEqual([]);
    const generated = [...specs.values()].flatMap(({ keys }) => Object.entries(keys));
    const literal = generated.filter(([key, source]) => 'value' in source && /pass|secret|token|cookie/i.test(key));
    expect(literal).toEqual([]);
  });

  test('the quota holds it all, twice over for a rollout', () => {
    const hard = fieldAt(find(rendered[size], 'ResourceQuota', 'platform'), 'spec', 'hard');
    const airm = pods.filter(({ namespace }) => namespace === 'airm');
    expect(amount(fieldAt(hard, 'requests.cpu'))).toBeGreaterThan(2 * sum(airm, 'requests', 'cpu'));
    expect(amount(fieldAt(hard, 'requests.memory'))).toBeGreaterThan(2 * sum(airm, 'requests', 'memory'));
    expect(amount(fieldAt(hard, 'limits.memory'))).toBeGreaterThan(2 * sum(airm, 'limits', 'memory'));
  });
});

function sum(pods: readonly PodTemplate[], bound: 'requests' | 'limits', resource: string): number {
  return pods
    .map(
      (pod) =>
        pod.replicas *
        Math.max(...containerSpecs(pod).map((spec) => amount(fieldAt(spec, 'resources', bound, resource)))),
    )
    .reduce((total, one) => total + one, 0);
}

/** A registry host, and a tag that names one release (two numbers at least) or a digest. */
function isPinned(image: string): boolean {
  return /^[a-z0-9.-]+\.[a-z]+(:\d+)?\/[a-z0-9/._-]+(:v?\d+(\.\d+)+[A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$/.test(image);
}
