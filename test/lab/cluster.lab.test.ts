import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import { fieldAt, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import type { Lab } from '@cluster-forge/lab';
import { nodeProfiles } from '@cluster-forge/lab';
import { testContext, type TestContext } from '../rig/context.ts';
import { privateLab, type PrivateLab } from '../rig/lab.ts';
import { hasCondition, until } from '../rig/until.ts';

let rig: PrivateLab;
let lab: Lab;
let ctx: TestContext;

beforeAll(async () => {
  rig = await privateLab({
    name: 'cluster',
    nodes: [
      { profile: nodeProfiles.cpu, count: 2 },
      { profile: { ...nodeProfiles.mi300x, taints: [{ key: 'amd.com/gpu', effect: 'NoSchedule' }] }, count: 1 },
      { profile: { ...nodeProfiles.h100, labels: { pool: 'west' } }, count: 97, zones: ['west-1', 'west-2'] },
    ],
  });
  lab = rig.lab;
  ctx = testContext();
});
afterAll(() => rig?.end());

async function apply(text: string): Promise<void> {
  for (const manifest of readManifests(text, 'test.yaml'))
    await lab.cluster.apply(manifest, { namespace: 'default' }, ctx);
}

const core = (kind: string, name: string): ObjectId => ({ apiVersion: 'v1', kind, name, namespace: 'default' });
const phase = (object: KubeObject | undefined) => fieldAt(object?.['status'], 'phase');
const until1 = (id: ObjectId, wanted: (object: KubeObject | undefined) => boolean) => until(lab.cluster, id, wanted);

describe('nodes', () => {
  test('all hundred are ready, each with its own address and pod range, spread over zones', async () => {
    const { items } = await lab.cluster.list({ apiVersion: 'v1', kind: 'Node' }, ctx);
    expect(items).toHaveLength(100);
    expect(items.every((node) => hasCondition(node, 'Ready'))).toBe(true);
    expect(new Set(items.map((node) => fieldAt(node, 'spec', 'podCIDR'))).size).toBe(100);
    expect(new Set(items.map((node) => fieldAt(node, 'status', 'addresses', 0, 'address'))).size).toBe(100);
    const zones = items
      .filter((node) => node.metadata.name.startsWith('h100'))
      .map((node) => fieldAt(node, 'metadata', 'labels', 'topology.kubernetes.io/zone'));
    expect(zones.filter((zone) => zone === 'west-1')).toHaveLength(49);
  });

  test('GPU nodes say what they have as device plugins and labellers do', async () => {
    const amd = await lab.cluster.get({ apiVersion: 'v1', kind: 'Node', name: 'mi300x-0' }, ctx);
    expect(amd).toMatchObject({
      metadata: {
        labels: {
          'feature.node.kubernetes.io/amd-gpu': 'true',
          'amd.com/gpu.vram': '192G',
          'amd.com/gpu.device-id': '74a1',
        },
      },
      spec: { taints: [{ key: 'amd.com/gpu', effect: 'NoSchedule' }] },
      status: { allocatable: { 'amd.com/gpu': '8' } },
    });
    const nvidia = await lab.cluster.get({ apiVersion: 'v1', kind: 'Node', name: 'h100-3' }, ctx);
    expect(nvidia).toMatchObject({
      metadata: { labels: { 'nvidia.com/gpu.present': 'true', 'nvidia.com/gpu.count': '8', pool: 'west' } },
      status: { capacity: { 'nvidia.com/gpu': '8' } },
    });
  });
});

describe('pods', () => {
  test('become ready with an address of their own', async () => {
    await apply(`apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
`);
    await until1(
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' },
      (object) => fieldAt(object, 'status', 'availableReplicas') === 5,
    );
    const { items } = await lab.cluster.list(
      { apiVersion: 'v1', kind: 'Pod', namespace: 'default', labelSelector: 'app=web' },
      ctx,
    );
    expect(new Set(items.map((pod) => fieldAt(pod, 'status', 'podIP'))).size).toBe(5);
  });

  test('go through init containers and their delay', async () => {
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: slow, annotations: {lab.clusterforge.dev/ready-after: 1s}}
spec:
  initContainers: [{name: init, image: i}, {name: sidecar, image: s, restartPolicy: Always}]
  containers: [{name: main, image: m}]
`);
    const initialised = await until1(core('Pod', 'slow'), (pod) => phase(pod) === 'Running');
    expect(hasCondition(initialised, 'Ready', 'False')).toBe(true);
    expect(initialised).toMatchObject({
      status: {
        initContainerStatuses: [
          { name: 'init', state: { terminated: { exitCode: 0 } } },
          { name: 'sidecar', started: true, state: { running: {} } },
        ],
      },
    });
    const ready = await until1(core('Pod', 'slow'), (pod) => hasCondition(pod, 'Ready'));
    expect(ready).toMatchObject({ status: { containerStatuses: [{ name: 'main', ready: true }] } });
  });

  test('that ask for a GPU go where it is, and nowhere when it is taken', async () => {
    const pod = (name: string, count: number) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  tolerations: [{key: amd.com/gpu, operator: Exists}]
  containers: [{name: main, image: train, resources: {limits: {amd.com/gpu: ${count}}}}]
`;
    await apply(pod('train-a', 8));
    const running = await until1(core('Pod', 'train-a'), (object) => hasCondition(object, 'Ready'));
    expect(fieldAt(running, 'spec', 'nodeName')).toBe('mi300x-0');
    await apply(pod('train-b', 1));
    const waiting = await until1(core('Pod', 'train-b'), (object) => hasCondition(object, 'PodScheduled', 'False'));
    expect(JSON.stringify(waiting?.['status'])).toContain('Insufficient amd.com/gpu');
  });

  test.each([
    {
      by: 'an image that cannot exist',
      name: 'pull-host',
      image: 'registry.invalid/team/app:1',
      fail: '',
      reason: 'ImagePullBackOff',
      expected: 'Pending',
    },
    {
      by: 'an annotation',
      name: 'pull-told',
      image: 'app:1',
      fail: 'image-pull',
      reason: 'ImagePullBackOff',
      expected: 'Pending',
    },
    {
      by: 'a crash loop',
      name: 'crash',
      image: 'app:1',
      fail: 'crash-loop',
      reason: 'CrashLoopBackOff',
      expected: 'Running',
    },
  ])('fail by $by', async ({ name, image, fail, reason, expected }) => {
    await apply(`apiVersion: v1
kind: Pod
metadata: {name: ${name}, annotations: {lab.clusterforge.dev/fail: "${fail}"}}
spec: {containers: [{name: main, image: "${image}"}]}
`);
    const pod = await until1(
      core('Pod', name),
      (object) => fieldAt(object, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason') === reason,
    );
    expect(phase(pod)).toBe(expected);
    expect(hasCondition(pod, 'Ready')).toBe(false);
  });

  test('are gone soon after they are deleted', async () => {
    await apply('apiVersion: v1\nkind: Pod\nmetadata: {name: brief}\nspec: {containers: [{name: main, image: m}]}\n');
    await until1(core('Pod', 'brief'), (pod) => hasCondition(pod, 'Ready'));
    await lab.cluster.delete(core('Pod', 'brief'), {}, ctx);
    await expect(until1(core('Pod', 'brief'), (pod) => pod === undefined)).resolves.toBeUndefined();
  });
});

describe('jobs', () => {
  const job = (name: string, annotations: string) => `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec:
  backoffLimit: 0
  template:
    metadata: {annotations: {${annotations}}}
    spec: {restartPolicy: Never, containers: [{name: main, image: m}]}
`;

  test.each([
    ['completes', 'done', 'lab.clusterforge.dev/complete-after: 100ms', 'Complete'],
    [
      'fails when told to',
      'doomed',
      'lab.clusterforge.dev/complete-after: 100ms, lab.clusterforge.dev/fail: exit',
      'Failed',
    ],
  ])('%s', async (_, name, annotations, condition) => {
    await apply(job(name, annotations));
    const ended = await until1({ apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name }, (object) =>
      hasCondition(object, condition),
    );
    expect(hasCondition(ended, condition === 'Failed' ? 'Complete' : 'Failed')).toBe(false);
  });
});

describe('storage', () => {
  const claim = (name: string, storageClass: string) => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {accessModes: [ReadWriteOnce], ${storageClass} resources: {requests: {storage: 3Gi}}}
`;

  test('a claim of an immediate class binds by itself, whatever provisioner the class names, and its volume goes with it', async () => {
    await apply(
      'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: instant}\nprovisioner: driver.longhorn.io\n',
    );
    await apply(claim('instant', 'storageClassName: instant,'));
    const bound = await until1(core('PersistentVolumeClaim', 'instant'), (object) => phase(object) === 'Bound');
    expect(bound).toMatchObject({ status: { capacity: { storage: '3Gi' } } });
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      name: JSON.parse(JSON.stringify(fieldAt(bound, 'spec', 'volumeName'))),
    };
    await lab.cluster.delete(core('PersistentVolumeClaim', 'instant'), {}, ctx);
    await until1(volume, (object) => object === undefined);
  });

  test('a claim of the default class waits for its pod', async () => {
    await apply(claim('lazy', ''));
    const waiting = await until1(core('PersistentVolumeClaim', 'lazy'), (object) => phase(object) === 'Pending');
    expect(fieldAt(waiting, 'spec', 'storageClassName')).toBe('lab');
    await apply(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: user}\nspec: {containers: [{name: main, image: m}], volumes: [{name: data, persistentVolumeClaim: {claimName: lazy}}]}\n',
    );
    const bound = await until1(core('PersistentVolumeClaim', 'lazy'), (object) => phase(object) === 'Bound');
    expect(fieldAt(bound, 'metadata', 'annotations', 'volume.kubernetes.io/selected-node')).toMatch(/./);
    await until1(core('Pod', 'user'), (pod) => hasCondition(pod, 'Ready'));
  });
});

test('a LoadBalancer Service gets an address', async () => {
  await apply(
    'apiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}\n',
  );
  const service = await until1(
    core('Service', 'front'),
    (object) => fieldAt(object, 'status', 'loadBalancer', 'ingress', 0, 'ip') !== undefined,
  );
  expect(fieldAt(service, 'status', 'loadBalancer', 'ingress', 0, 'ip')).toMatch(/^172\.30\.\d+\.\d+$/);
});
