import { afterAll, beforeAll, expect, test } from 'vitest';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { nodeProfiles } from '@cluster-forge/lab';
import { testContext, type TestContext } from '../rig/context.ts';
import { privateLab, type PrivateLab } from '../rig/lab.ts';
import { hasCondition, until } from '../rig/until.ts';

let rig: PrivateLab;
let ctx: TestContext;

beforeAll(async () => {
  rig = await privateLab({
    name: 'adapt',
    nodes: [{ profile: nodeProfiles.cpu, count: 1 }],
    timing: { readyAfterMs: 3_600_000 },
  });
  ctx = testContext();
});
afterAll(() => rig?.end());

const configMap = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { a: 'b' },
});

async function applyAdapted(text: string): Promise<readonly string[]> {
  const adapted = readManifests(text, 'test.yaml').map(rig.lab.adapt);
  for (const { manifest } of adapted) await rig.lab.cluster.apply(manifest, {}, ctx);
  return adapted.flatMap(({ notes }) => notes.map(({ what }) => what));
}

const hook = (kind: string, name: string, rules: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}
metadata: {name: ${name}}
webhooks:
- name: ${name}.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Fail
  clientConfig: {service: {name: nobody, namespace: nowhere, path: /hook}}
  rules: [${rules}]
`;
const everything = "{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*']}";
const jobs = '{apiGroups: [batch], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [jobs]}';

test('webhooks that match everything do not stop anybody once they are detached, though undetached they do', async () => {
  const notes = [
    ...(await applyAdapted(hook('ValidatingWebhookConfiguration', 'all', everything))),
    ...(await applyAdapted(hook('MutatingWebhookConfiguration', 'all', everything))),
    ...(await applyAdapted(hook('MutatingWebhookConfiguration', 'mjob', jobs))),
  ];
  expect(notes).toEqual([
    'webhook all.example.com is never called',
    'webhook all.example.com is never called',
    'webhook mjob.example.com is never called',
  ]);
  expect(await rig.lab.cluster.create(configMap('free'), ctx)).toBe(true);
  const job: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'free', namespace: 'default' },
    spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } } },
  };
  expect(await rig.lab.cluster.create(job, ctx)).toBe(true);

  // The counter-proof: the same webhook as its author wrote it blocks.
  const attached = readManifests(
    hook(
      'ValidatingWebhookConfiguration',
      'attached',
      "{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}",
    ),
    'test.yaml',
  );
  for (const manifest of attached) await rig.lab.cluster.apply(manifest, {}, ctx);
  const refused = async (): Promise<boolean> => {
    const name = `probe-${Math.random().toString(36).slice(2)}`;
    return rig.lab.cluster.create(configMap(name), { ...ctx, signal: AbortSignal.timeout(5_000) }).then(
      () => false,
      () => true,
    );
  };
  // The API server takes a moment to see a new webhook.
  await expect.poll(refused, { timeout: 20_000 }).toBe(true);
  await rig.lab.cluster.delete(
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', name: 'attached' },
    {},
    ctx,
  );
});

test('an aggregated API without its server is available, and namespaces can still be deleted', async () => {
  const notes = await applyAdapted(`apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.external.metrics.k8s.io}
spec: {group: external.metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: {name: nobody, namespace: nowhere}}
`);
  expect(notes).toEqual(['the API group is registered without its server and has no resources']);
  await until(
    rig.lab.cluster,
    { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', name: 'v1beta1.external.metrics.k8s.io' },
    (object) => hasCondition(object, 'Available'),
  );
  await rig.lab.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'brief' } }, ctx);
  await rig.lab.cluster.create({ ...configMap('in-it'), metadata: { name: 'in-it', namespace: 'brief' } }, ctx);
  await rig.lab.cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'brief' }, {}, ctx);
  await until(
    rig.lab.cluster,
    { apiVersion: 'v1', kind: 'Namespace', name: 'brief' },
    (object) => object === undefined,
  );
});

test('objects of a CRD that converts by webhook can be read in every version', async () => {
  const version = (name: string, storage: boolean) => `  - name: ${name}
    served: true
    storage: ${storage}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;
  await applyAdapted(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.lab.example.com}
spec:
  group: lab.example.com
  scope: Cluster
  names: {kind: Widget, plural: widgets}
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1]
      clientConfig:
        service:
          name: nobody
          namespace: nowhere
  versions:
${version('v1', true)}${version('v2', false)}`);
  await until(
    rig.lab.cluster,
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'widgets.lab.example.com' },
    (object) => hasCondition(object, 'Established'),
  );
  await expect.poll(() => rig.lab.cluster.kind('lab.example.com/v2', 'Widget', ctx)).toBeDefined();
  await rig.lab.cluster.create(
    { apiVersion: 'lab.example.com/v1', kind: 'Widget', metadata: { name: 'one' }, spec: { size: 1 } },
    ctx,
  );
  expect(
    await rig.lab.cluster.get({ apiVersion: 'lab.example.com/v2', kind: 'Widget', name: 'one' }, ctx),
  ).toMatchObject({ apiVersion: 'lab.example.com/v2', spec: { size: 1 } });
});

test('the pace of a lab holds for pods that say nothing; an annotation wins', async () => {
  const pod = (name: string, annotations: Record<string, string>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', annotations },
    spec: { containers: [{ name: 'main', image: 'm' }] },
  });
  await rig.lab.cluster.create(pod('patient', {}), ctx);
  await rig.lab.cluster.create(pod('quick', { 'lab.clusterforge.dev/ready-after': '10ms' }), ctx);
  const id = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name });
  await until(rig.lab.cluster, id('quick'), (object) => hasCondition(object, 'Ready'));
  const patient = await until(
    rig.lab.cluster,
    id('patient'),
    (object) => fieldAt(object, 'status', 'phase') === 'Running',
  );
  expect(hasCondition(patient, 'Ready', 'False')).toBe(true);
});
