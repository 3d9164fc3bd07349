import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordId } from '@cluster-forge/forge/deploy/names';
import { readRecord } from '@cluster-forge/forge/deploy/record';
import { status } from '@cluster-forge/forge/operate/status';
import { why } from '@cluster-forge/forge/operate/why';
import { fieldAt, type ObjectId } from '@cluster-forge/kube/object';
import { testContext } from '../../rig/context.ts';
import { until } from '../../rig/until.ts';
import { configMap, crd, custom, deployment, namespace } from './manifests.ts';
import { actions, deployRig, type Parts } from './rig.ts';

const rig = deployRig('deploy');

describe('a deploy', () => {
  const parts = (space: string): Parts => ({
    base: { yaml: namespace(space) + deployment(space, 'db', { replicas: 2 }) },
    app: { yaml: deployment(space, 'web'), needs: ['base'] },
  });

  it('brings components up in order; the second one sends nothing', async () => {
    const first = await rig.run('order', parts('order'));
    expect(first.problems).toEqual([]);
    expect(first).toMatchObject({ outcome: 'succeeded', release: 1 });
    const times = new Map(first.objects.map((object) => [object.id, object]));
    const readyMs = times.get('Deployment.apps/order/db')?.readyMs ?? Infinity;
    expect(times.get('Deployment.apps/order/web')?.beganMs).toBeGreaterThanOrEqual(readyMs);
    expect(first.criticalPath.map(({ id }) => id)).toEqual([
      'Namespace/-/order',
      'Deployment.apps/order/db',
      'Deployment.apps/order/web',
    ]);

    const second = await rig.run('order', parts('order'));
    expect(second).toMatchObject({ outcome: 'unchanged', release: 1, problems: [], requests: { mutating: 0 } });
    expect(new Set(second.objects.map(({ action }) => action))).toEqual(new Set(['unchanged']));
  });

  it('records every release in the cluster and on disk', async () => {
    await rig.run('simple', parts('simple'));
    const record = await rig.cluster().get(recordId('simple', 1), testContext());
    expect(record === undefined ? undefined : readRecord(record)).toMatchObject({
      number: 1,
      outcome: 'succeeded',
      components: { app: 'v1', base: 'v1' },
    });
    const local: unknown = JSON.parse(
      await readFile(join(rig.directory(), '.forge', 'simple', 'releases', '1.json'), 'utf8'),
    );
    expect(local).toMatchObject({
      number: 1,
      members: expect.arrayContaining([expect.objectContaining({ component: 'app' })]),
    });
  });

  it('is seen by status without local files', async () => {
    await rig.run('simple', parts('simple'));
    expect(await status('simple', rig.cluster(), testContext())).toMatchObject({
      ready: true,
      release: { number: 1 },
      components: [
        { component: 'app', ready: true, counts: { ready: 1, total: 1 } },
        { component: 'base', ready: true, counts: { ready: 2, total: 2 } },
      ],
    });
    await expect(status('nobody', rig.cluster(), testContext())).rejects.toMatchObject({ code: 'E_DEPLOY_UNKNOWN' });
  });

  it('sends only what changed, makes again what is missing, and prunes what is gone', async () => {
    const before = {
      a: {
        yaml:
          namespace('churn') +
          configMap('churn', 'stays') +
          configMap('churn', 'changes') +
          configMap('churn', 'lost') +
          configMap('churn', 'goes'),
      },
    };
    await rig.run('churn', before);
    await rig
      .cluster()
      .delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'churn', name: 'lost' }, {}, testContext());
    const after = {
      a: {
        yaml:
          namespace('churn') +
          configMap('churn', 'stays') +
          configMap('churn', 'changes', 'b') +
          configMap('churn', 'lost'),
      },
    };
    const second = await rig.run('churn', after);
    expect(second).toMatchObject({ outcome: 'succeeded', release: 2, pruned: ['ConfigMap/churn/goes'] });
    expect(actions(second)).toEqual({ churn: 'unchanged', stays: 'unchanged', changes: 'applied', lost: 'applied' });
    expect(await rig.get('v1', 'ConfigMap', 'goes', 'churn')).toBeUndefined();
    expect(await rig.run('churn', after)).toMatchObject({ outcome: 'unchanged', requests: { mutating: 0 } });
  });
});

describe('drift', () => {
  it('is found in any field the release sets, and told as a conflict unless forced', async () => {
    const parts = { a: { yaml: namespace('drift') + deployment('drift', 'web') } };
    await rig.run('drift', parts);
    const id: ObjectId = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'drift', name: 'web' };
    // The same manager by another way than apply, as a script with the same tool would do it, still owns the field apart from the applies.
    await rig.cluster().patch(id, { spec: { replicas: 3 } }, {}, testContext());
    const told = await rig.run('drift', parts);
    expect(told).toMatchObject({
      outcome: 'failed',
      problems: [{ code: 'E_DEPLOY_CONFLICT', what: expect.stringContaining('.spec.replicas') }],
    });
    const forced = await rig.run('drift', parts, { forceConflicts: true });
    expect(forced.problems).toEqual([]);
    expect(fieldAt(await rig.get('apps/v1', 'Deployment', 'web', 'drift'), 'spec', 'replicas')).toBe(1);
    expect(await rig.run('drift', parts)).toMatchObject({ outcome: 'unchanged', requests: { mutating: 0 } });
  });

  it('leaves fields alone that the release does not set', async () => {
    const parts = { a: { yaml: namespace('foreign') + configMap('foreign', 'shared') } };
    await rig.run('foreign', parts);
    const id: ObjectId = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'foreign', name: 'shared' };
    await rig.cluster().patch(id, { data: { other: 'b' } }, {}, testContext());
    expect(await rig.run('foreign', parts)).toMatchObject({ outcome: 'unchanged', requests: { mutating: 0 } });
  });
});

describe('gates', () => {
  it('say at their timeout what is behind it, down to the missing secret', async () => {
    const pod = 'volumes: [{name: v, secret: {secretName: nowhere}}]';
    const parts: Parts = {
      stuck: {
        yaml: namespace('stuck') + deployment('stuck', 'web', { pod: `${pod}, nodeSelector: {none: such}` }),
        gate: { timeoutMs: 3_000 },
      },
      late: { yaml: configMap('stuck', 'late') + deployment('stuck', 'late'), needs: ['stuck'] },
      free: { yaml: namespace('free') + deployment('free', 'web') },
    };
    const result = await rig.run('stuck', parts);
    expect(result.outcome).toBe('failed');
    expect(result.problems.map(({ code }) => code)).toEqual(['E_DEPLOY_GATE', 'E_DEPLOY_BLOCKED']);
    expect(result.problems[0]?.why).toMatch(
      /^Deployment stuck\/web: 0 of 1 replicas .* <- ReplicaSet .* <- Pod stuck\/web-.* <- Secret stuck\/nowhere: does not exist$/,
    );
    expect(result.components.find(({ component }) => component === 'free')?.state).toBe('ready');
    expect(await rig.get('apps/v1', 'Deployment', 'late', 'stuck')).toBeUndefined();
    const { chains } = await why('stuck', 'stuck', rig.cluster(), testContext());
    expect(chains[0]?.at(-1)).toMatchObject({ subject: 'Secret stuck/nowhere', says: 'does not exist' });
    expect(
      (await status('stuck', rig.cluster(), testContext())).components.find(({ component }) => component === 'stuck'),
    ).toMatchObject({ ready: false, counts: { ready: 1, total: 2 } });
  });

  it('name the quota that keeps pods away', async () => {
    const quota =
      'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none, namespace: quota}\nspec: {hard: {pods: "0"}}\n---\n';
    const result = await rig.run('quota', {
      limits: { yaml: namespace('quota') + quota },
      app: { yaml: deployment('quota', 'web'), needs: ['limits'], gate: { timeoutMs: 3_000 } },
    });
    expect(result.problems[0]?.why).toMatch(/exceeded quota: none/);
  });

  it('name the CRD whose names are taken', async () => {
    await rig.run('names-one', { a: { yaml: crd('Widget', { group: 'taken.example.com' }) } });
    const second = crd('Widget', { group: 'taken.example.com', plural: 'gadgets' });
    const result = await rig.run('names-two', { b: { yaml: second, gate: { timeoutMs: 3_000 } } });
    expect(result.problems).toMatchObject([
      { code: 'E_DEPLOY_GATE', why: expect.stringMatching(/names not accepted: .*already in use/) },
    ]);
  });

  it('wait for a CRD before its objects, and excuse objects nobody gives a status', async () => {
    const parts = { a: { yaml: namespace('crs') + custom('crs', 'Gear', 'one') + crd('Gear') } };
    const result = await rig.run('crs', parts, { unobservedGraceMs: 500 });
    expect(result.problems).toEqual([]);
    expect(result.notes).toEqual([expect.stringContaining('Gear crs/one counts as ready')]);
    expect(await rig.run('crs', parts, { unobservedGraceMs: 500 })).toMatchObject({
      outcome: 'unchanged',
      requests: { mutating: 0 },
    });
  });

  it('retry what passes: a namespace that is still going away', async () => {
    const ctx = testContext();
    await rig.cluster().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'leaving' } }, ctx);
    await rig.cluster().create(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'held', namespace: 'leaving', finalizers: ['example.com/hold'] },
      },
      ctx,
    );
    await rig.cluster().delete({ apiVersion: 'v1', kind: 'Namespace', name: 'leaving' }, {}, ctx);
    const result = rig.run('leaving', { a: { yaml: configMap('leaving', 'new') + namespace('leaving') } });
    const held = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'leaving', name: 'held' } as const;
    await until(rig.cluster(), held, (object) => object?.metadata['deletionTimestamp'] !== undefined);
    await rig.cluster().patch(held, { metadata: { finalizers: null } }, {}, ctx);
    expect((await result).problems).toEqual([]);
  });
});
