import { fieldAt } from '@cluster-forge/kube/object';
import { describe, expect, test } from 'vitest';
import { find, renderAirmLocal, renderSizes } from './airm-local.ts';
import { mapOf, textOf } from './json.ts';
import { amount, containerSpecs, podTemplatesOf } from './objects.ts';
import type { RenderedPlatform } from './render.ts';

const rendered = await renderSizes();

describe('the stack', () => {
  test('needs nothing but its name', async () => {
    const { platform } = await renderAirmLocal();
    expect(platform.components.map(({ name }) => name)).toEqual([
      'demo-gpu-job',
      'keycloak-plain',
      'platform-base',
      'postgres-plain',
      'rabbitmq-plain',
      'seaweedfs-plain',
      'storage-existing',
    ]);
    expect(platform.providers).toEqual({
      'message-queue': 'rabbitmq-plain',
      'object-storage': 'seaweedfs-plain',
      oidc: 'keycloak-plain',
      postgres: 'postgres-plain',
      'storage-class': 'storage-existing',
    });
  });

  test('leaves the demo out when its collection is off', async () => {
    const { objects } = await renderAirmLocal(', collections: {demo: false}');
    expect(objects.filter(({ metadata }) => JSON.stringify(metadata).includes('demo'))).toEqual([]);
  });

  test('brings its params to where they are used', async () => {
    const given = await renderAirmLocal(
      ', params: {domain: ai.example.com, storageClass: fast, gpu: {vendor: nvidia, count: 2}}',
    );
    const job = podTemplatesOf([find(given, 'Job', 'demo-gpu-nvidia-x2')])[0];
    expect(fieldAt(job?.spec, 'containers', 0, 'resources', 'limits', 'nvidia.com/gpu')).toBe('2');
    const quota = find(given, 'ResourceQuota', 'demo');
    expect(fieldAt(quota, 'spec', 'hard', 'requests.nvidia.com/gpu')).toBe('8');
    const claims = given.objects.flatMap((object) => fieldAt(object, 'spec', 'volumeClaimTemplates', 0, 'spec') ?? []);
    expect(claims).toHaveLength(3);
    for (const claim of claims) expect(fieldAt(claim, 'storageClassName')).toBe('fast');
    const realm = JSON.parse(textOf(fieldAt(find(given, 'ConfigMap', 'keycloak-realm'), 'data', 'airm-realm.json')));
    expect(realm.clients[0].redirectUris).toContain('https://airmui.ai.example.com/*');
  });

  test('names no class for its volumes unless told, because an empty name means none at all', () => {
    const claims = rendered.small.objects.flatMap(
      (object) => fieldAt(object, 'spec', 'volumeClaimTemplates', 0, 'spec') ?? [],
    );
    expect(claims).toHaveLength(3);
    for (const claim of claims) expect(Object.keys(mapOf(claim))).not.toContain('storageClassName');
  });

  /** Names from the wire contract of AIRM 0.2.3; its chart's release and namespace are both `airm`. */
  test('has the Services and Secrets that AIRM reads', () => {
    const services = rendered.small.objects
      .filter(({ kind }) => kind === 'Service')
      .map(({ metadata }) => metadata.name);
    expect(services).toEqual(expect.arrayContaining(['airm-cnpg-rw', 'airm-rabbitmq', 's3', 'keycloak']));
    const secrets = Object.fromEntries(
      rendered.small.platform.components.flatMap((component) =>
        component.secrets.map(({ name, keys }) => [name, Object.keys(keys)]),
      ),
    );
    expect(secrets).toMatchObject({
      'airm-cnpg-superuser': ['username', 'password'],
      'airm-cnpg-user': ['username', 'password'],
      'airm-rabbitmq-admin': ['username', 'password', 'default_user.conf'],
      'airm-keycloak-admin-client': ['client-id', 'client-secret'],
      'airm-keycloak-ui-creds': ['KEYCLOAK_SECRET'],
      'airm-api-minio-credentials': expect.arrayContaining(['minio-access-key', 'minio-secret-key']),
    });
  });
});

describe('sizes', () => {
  test.each([
    ['small', 'medium'],
    ['medium', 'large'],
  ] as const)('%s never asks for more than %s', (less, more) => {
    const before = figures(rendered[less]);
    const after = new Map(figures(rendered[more]));
    expect(before.length).toBeGreaterThan(30);
    expect(before.filter(([name, figure]) => !((after.get(name) ?? -1) >= figure))).toEqual([]);
  });

  /** Kubernetes refuses another claim template, service name or selector, so a platform that grows must keep them. */
  test('change nothing that a StatefulSet or Job cannot change', () => {
    const fixed = ({ objects }: RenderedPlatform) =>
      objects
        .filter(({ kind }) => kind === 'StatefulSet' || kind === 'Job')
        .map(({ kind, metadata, spec }) => {
          const { replicas: _, template, ...rest } = mapOf(spec);
          return { name: metadata.name, ...rest, ...(kind === 'Job' ? { template } : {}) };
        });
    expect(fixed(rendered.medium)).toEqual(fixed(rendered.small));
    expect(fixed(rendered.large)).toEqual(fixed(rendered.small));
  });

  test('large makes a broker of three that find each other', () => {
    const config = textOf(fieldAt(find(rendered.large, 'ConfigMap', 'rabbitmq-config'), 'data', 'rabbitmq.conf'));
    expect(config.match(/classic_config\.nodes\.\d+ = rabbit@rabbitmq-\d\.rabbitmq-headless\.airm\.svc/g)).toHaveLength(
      3,
    );
  });
});

/** Everything that a size decides, by name: replicas, requests, limits, quotas. */
function figures(platform: RenderedPlatform): readonly (readonly [name: string, figure: number])[] {
  const pods = podTemplatesOf(platform.objects).flatMap((pod) => [
    [`replicas of ${pod.name}`, pod.replicas] as const,
    ...containerSpecs(pod).flatMap((spec) =>
      ['requests', 'limits'].flatMap((bound) =>
        Object.entries(mapOf(fieldAt(spec, 'resources', bound))).map(
          ([resource, value]) =>
            [`${bound}.${resource} of ${textOf(spec['name'])} in ${pod.name}`, amount(value)] as const,
        ),
      ),
    ),
  ]);
  const quota = Object.entries(mapOf(fieldAt(find(platform, 'ResourceQuota', 'platform'), 'spec', 'hard')));
  return [...pods, ...quota.map(([key, value]) => [`quota ${key}`, amount(value)] as const)];
}
