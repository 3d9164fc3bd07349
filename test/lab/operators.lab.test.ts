import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '@cluster-forge/base';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import { fieldAt, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import type { Lab } from '@cluster-forge/lab';
import { testContext, type TestContext } from '../rig/context.ts';
import { privateLab, type PrivateLab } from '../rig/lab.ts';
import { hasCondition, until } from '../rig/until.ts';

let rig: PrivateLab;
let lab: Lab;
let ctx: TestContext;

beforeAll(async () => {
  rig = await privateLab({ name: 'operators' });
  lab = rig.lab;
  ctx = testContext();
});
afterAll(() => rig?.end());

const crd = (kind: string, scope = 'Namespaced') => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${kind.toLowerCase()}s.db.example.com}
spec:
  group: db.example.com
  scope: ${scope}
  names: {kind: ${kind}, plural: ${kind.toLowerCase()}s}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
          status:
            type: object
            properties:
              phase: {type: string}
              ready: {type: integer}
              observedGeneration: {type: integer}
              conditions:
                type: array
                items:
                  type: object
                  properties: {type: {type: string}, status: {type: string}, reason: {type: string}, message: {type: string}, lastTransitionTime: {type: string}}
`;

const model = (name: string, kind: string, spec: Record<string, Json>): Json => ({
  apiVersion: 'clusterforge.dev/v1alpha1',
  kind: 'OperatorModel',
  metadata: { name },
  spec: { for: { apiVersion: 'db.example.com/v1', kind }, ...spec },
});

const database = model('database', 'Database', {
  steps: [
    {
      children: [
        {
          object: {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name: '${{ object.metadata.name }}-db' },
            spec: {
              replicas: '${{ object.spec.replicas }}',
              selector: { matchLabels: { db: '${{ object.metadata.name }}' } },
              template: {
                metadata: { labels: { db: '${{ object.metadata.name }}' } },
                spec: { containers: [{ name: 'db', image: 'db:1' }] },
              },
            },
          },
        },
        {
          forEach: 'object.spec.users',
          object: {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: '${{ object.metadata.name }}-${{ item }}' },
            stringData: { number: '${{ string(index) }}' },
          },
        },
      ],
      status: { phase: 'Creating', observedGeneration: '${{ object.metadata.generation }}' },
      conditions: [{ type: 'Ready', status: 'False', reason: 'Creating' }],
    },
    {
      after: '100ms',
      until: "children.exists(c, c.kind == 'Deployment') && children.all(c, c.ready)",
      status: { phase: 'Running', ready: "${{ children.filter(c, c.kind == 'Deployment')[0].status.readyReplicas }}" },
      conditions: [{ type: 'Ready', reason: 'Up' }],
    },
  ],
});

async function apply(text: string): Promise<void> {
  for (const manifest of readManifests(text, 'test.yaml'))
    await lab.cluster.apply(manifest, { namespace: 'default' }, ctx);
}

const cr = (kind: string, name: string, rest: string) =>
  `apiVersion: db.example.com/v1\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}\n`;
const id = (kind: string, name: string): ObjectId => ({
  apiVersion: 'db.example.com/v1',
  kind,
  namespace: 'default',
  name,
});
const child = (apiVersion: string, kind: string, name: string): ObjectId => ({
  apiVersion,
  kind,
  namespace: 'default',
  name,
});
const isReady = (object: KubeObject | undefined) => hasCondition(object, 'Ready');

async function define(...kinds: string[]): Promise<void> {
  for (const kind of kinds) {
    await apply(crd(kind));
    await until(
      lab.cluster,
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        name: `${kind.toLowerCase()}s.db.example.com`,
      },
      (object) => hasCondition(object, 'Established'),
    );
    await expect.poll(() => lab.cluster.kind('db.example.com/v1', kind, ctx)).toBeDefined();
  }
}

test(
  'a model makes children, waits for them, copies their status, heals them, follows changes and cleans up',
  { timeout: 120_000 },
  async () => {
    // The model comes before the kind it is for, as it does in a deploy.
    await lab.setModels([database], ctx);
    await define('Database');
    await apply(cr('Database', 'main', 'spec: {replicas: 2, users: [ann, bob]}'));
    const ready = await until(lab.cluster, id('Database', 'main'), isReady);
    expect(ready).toMatchObject({ status: { phase: 'Running', ready: 2, observedGeneration: 1 } });
    const secret = await lab.cluster.get(child('v1', 'Secret', 'main-bob'), ctx);
    expect(secret).toMatchObject({
      data: { number: 'MQ==' },
      metadata: { ownerReferences: [{ kind: 'Database', name: 'main', controller: true }] },
    });

    await lab.cluster.delete(child('v1', 'Secret', 'main-ann'), {}, ctx);
    await until(
      lab.cluster,
      child('v1', 'Secret', 'main-ann'),
      (object) => object !== undefined && object.metadata['uid'] !== secret?.metadata['uid'],
    );

    await apply(cr('Database', 'main', 'spec: {replicas: 3, users: [ann]}'));
    const grown = await until(
      lab.cluster,
      id('Database', 'main'),
      (object) => isReady(object) && fieldAt(object, 'status', 'ready') === 3,
    );
    expect(grown).toMatchObject({ status: { observedGeneration: 2 } });
    await until(lab.cluster, child('v1', 'Secret', 'main-bob'), (object) => object === undefined);

    await lab.cluster.patch(id('Database', 'main'), { metadata: { finalizers: ['db.example.com/backup'] } }, {}, ctx);
    await lab.cluster.delete(id('Database', 'main'), {}, ctx);
    await until(lab.cluster, id('Database', 'main'), (object) => object === undefined);
    await until(lab.cluster, child('apps/v1', 'Deployment', 'main-db'), (object) => object === undefined);
  },
);

test('once all is as wanted nothing is written any more', async () => {
  await define('Database');
  await lab.setModels([database], ctx);
  await apply(cr('Database', 'quiet', 'spec: {replicas: 1, users: []}'));
  const ready = await until(lab.cluster, id('Database', 'quiet'), isReady);
  // A change of a child and of the object itself each make the model look again. (An annotation would make the Deployment a new generation.)
  await lab.cluster.patch(
    child('apps/v1', 'Deployment', 'quiet-db'),
    { metadata: { labels: { touched: 'yes' } } },
    {},
    ctx,
  );
  const touched = await lab.cluster.patch(
    id('Database', 'quiet'),
    { metadata: { annotations: { touched: 'yes' } } },
    {},
    ctx,
  );
  // Whoever comes later in the queue is done later.
  await apply(cr('Database', 'later', 'spec: {replicas: 1, users: []}'));
  await until(lab.cluster, id('Database', 'later'), isReady);
  const after = await lab.cluster.get(id('Database', 'quiet'), ctx);
  expect(after?.metadata['resourceVersion']).toBe(touched.metadata['resourceVersion']);
  expect(after?.['status']).toEqual(ready?.['status']);
});

test('an expression that fails is told in the log and as an event of the object; the steps before it hold', async () => {
  await define('Broken');
  await lab.setModels(
    [
      database,
      model('broken', 'Broken', {
        steps: [{ status: { phase: 'Started' } }, { status: { ready: '${{ object.spec.size.count }}' } }],
      }),
    ],
    ctx,
  );
  await apply(cr('Broken', 'one', 'spec: {}'));
  await until(lab.cluster, id('Broken', 'one'), (object) => fieldAt(object, 'status', 'phase') === 'Started');
  const found = async () =>
    (
      await lab.cluster.list(
        { apiVersion: 'v1', kind: 'Event', namespace: 'default', fieldSelector: 'reason=OperatorModelFailed' },
        ctx,
      )
    ).items.map((event) => event['message']);
  await expect
    .poll(found)
    .toEqual([expect.stringMatching(/operator model broken: .*object\.spec\.size\.count.*spec\.steps\[1\]: ready/)]);
});

test('models that are not valid are refused as a whole and change nothing', async () => {
  await define('Database');
  await lab.setModels([database], ctx);
  const refused = lab.setModels(
    [database, model('bad', 'Database', { steps: [{ until: 'children.all(' }] }), { kind: 'OperatorModel' }],
    ctx,
  );
  await expect(refused).rejects.toMatchObject({
    code: 'E_LAB_MODEL',
    diagnostics: expect.arrayContaining([expect.objectContaining({ where: { path: 'spec.steps[0].until' } })]),
  });
  await apply(cr('Database', 'still', 'spec: {replicas: 1, users: []}'));
  await until(lab.cluster, id('Database', 'still'), isReady);
});

test('an object that is told to fail keeps failing', async () => {
  await define('Database');
  await lab.setModels([database], ctx);
  await apply(
    'apiVersion: db.example.com/v1\nkind: Database\nmetadata: {name: stuck, annotations: {lab.clusterforge.dev/fail: stuck}}\nspec: {replicas: 1, users: []}\n',
  );
  await until(
    lab.cluster,
    child('apps/v1', 'Deployment', 'stuck-db'),
    (object) => fieldAt(object, 'status', 'readyReplicas') === 1,
  );
  // One that is not told so and was made later gets there meanwhile.
  await apply(cr('Database', 'free', 'spec: {replicas: 1, users: []}'));
  await until(lab.cluster, id('Database', 'free'), isReady);
  const stuck = await until(
    lab.cluster,
    id('Database', 'stuck'),
    (object) => fieldAt(object, 'status', 'phase') !== undefined,
  );
  expect(stuck).toMatchObject({ status: { phase: 'Creating' } });
});

test('the operator process is part of the lab and ends with it', async () => {
  await lab.setModels([database], ctx);
  expect((await lab.status())?.processes.find(({ role }) => role === 'operators')).toMatchObject({ running: true });
});
