import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLease } from '@cluster-forge/forge/deploy/lease';
import { down } from '@cluster-forge/forge/operate/down';
import { status } from '@cluster-forge/forge/operate/status';
import { testContext } from '../../rig/context.ts';
import { until } from '../../rig/until.ts';
import { crd, custom, deployment, job, namespace } from './manifests.ts';
import { actions, deployRig, type Parts } from './rig.ts';

const rig = deployRig('lifecycle');

describe('hooks', () => {
  it('run once for each content, before and after the main objects', async () => {
    const parts = (argument: string): Parts => ({
      a: {
        yaml: namespace('hooks') + deployment('hooks', 'web'),
        hooks: { pre: job('hooks', 'migrate', argument, 'ttlSecondsAfterFinished: 0'), post: job('hooks', 'notify') },
      },
    });
    const first = await rig.run('hooks', parts('one'));
    expect(first.problems).toEqual([]);
    const times = new Map(first.objects.map((object) => [object.id.split('/').at(-1), object]));
    expect(times.get('web')?.beganMs).toBeGreaterThanOrEqual(times.get('migrate')?.readyMs ?? Infinity);
    expect(times.get('notify')?.beganMs).toBeGreaterThanOrEqual(times.get('web')?.readyMs ?? Infinity);
    await until(
      rig.cluster(),
      { apiVersion: 'batch/v1', kind: 'Job', namespace: 'hooks', name: 'migrate' },
      (object) => object === undefined,
    );
    expect(await rig.run('hooks', parts('one'))).toMatchObject({ outcome: 'unchanged', requests: { mutating: 0 } });

    const uid = (await rig.get('batch/v1', 'Job', 'notify', 'hooks'))?.metadata['uid'];
    const second = await rig.run('hooks', parts('two'));
    expect(actions(second)).toMatchObject({ migrate: 'applied', notify: 'unchanged' });
    expect((await rig.get('batch/v1', 'Job', 'notify', 'hooks'))?.metadata['uid']).toBe(uid);
  });

  it('are replaced when their content changes; other Jobs say why they cannot be', async () => {
    const parts = (argument: string, isHook: boolean): Parts => ({
      a: {
        yaml: namespace('jobs') + (isHook ? '' : job('jobs', 'plain', argument)),
        hooks: isHook ? { pre: job('jobs', 'hook', argument) } : {},
      },
    });
    await rig.run('jobs-hook', parts('one', true));
    expect(actions(await rig.run('jobs-hook', parts('two', true)))).toMatchObject({ hook: 'recreated' });
    await rig.run('jobs-plain', parts('one', false), { forceConflicts: true });
    expect((await rig.run('jobs-plain', parts('two', false), { forceConflicts: true })).problems).toMatchObject([
      { code: 'E_DEPLOY_IMMUTABLE', fix: expect.stringContaining('kubectl delete job plain -n jobs') },
    ]);
  });
});

describe('two at once', () => {
  it('are refused with who and since when, and nothing is written', async () => {
    const ctx = testContext();
    const parts = { a: { yaml: namespace('locked') } };
    const lease = await acquireLease('locked', 'alice@example', rig.cluster(), ctx);
    try {
      await expect(rig.run('locked', parts)).rejects.toMatchObject({
        code: 'E_DEPLOY_LOCKED',
        message: expect.stringMatching(/alice@example \(pid \d+\)" is working on platform locked since "20/),
      });
      expect(await rig.get('v1', 'Namespace', 'locked')).toBeUndefined();
    } finally {
      await lease.release();
    }
    expect((await rig.run('locked', parts)).outcome).toBe('succeeded');
  });
});

describe('a lease nobody gave back', () => {
  const held = (name: string, renewTime: string) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: `forge-${name}`, namespace: 'forge-system' },
    spec: { holderIdentity: 'bob@elsewhere (pid 1)', acquireTime: renewTime, renewTime, leaseDurationSeconds: 30 },
  });

  const leaseOf = async (name: string, ageMs: number) => {
    const system = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'forge-system' } };
    await rig.cluster().create(system, testContext());
    const renewTime = new Date(Date.now() - ageMs).toISOString().replace('Z', '000Z');
    await rig.cluster().create(held(name, renewTime), testContext());
  };

  it('keeps others out while it is fresh', async () => {
    await leaseOf('fresh', 0);
    await expect(rig.run('fresh', { a: { yaml: namespace('fresh') } })).rejects.toThrow('bob@elsewhere');
  });

  it('is taken over when it has expired', async () => {
    await leaseOf('expired', 31_000);
    expect(await rig.run('expired', { a: { yaml: namespace('expired') } })).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('Ctrl-C', () => {
  it('stops in order, gives the lease back, and the next run goes on', async () => {
    const stop = new AbortController();
    const hold = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'stop', name: 'web' } as const;
    const parts: Parts = {
      a: { yaml: namespace('stop') + deployment('stop', 'web', { pod: 'nodeSelector: {none: such}' }) },
    };
    const first = rig.run('stop', parts, {}, testContext(stop.signal));
    await until(rig.cluster(), hold, (object) => object !== undefined);
    stop.abort();
    expect(await first).toMatchObject({ outcome: 'interrupted', release: 1 });
    expect((await status('stop', rig.cluster(), testContext())).lockedBy).toBeUndefined();
    const second = await rig.run('stop', { a: { yaml: namespace('stop') + deployment('stop', 'web') } });
    expect(second).toMatchObject({ outcome: 'succeeded', release: 2 });
  });
});

describe('down', () => {
  it('removes everything in reverse, keeps what is not ours, and finishes when asked for more', async () => {
    const parts: Parts = {
      a: {
        yaml: namespace('gone') + crd('Cog') + deployment('gone', 'web'),
        secrets: [
          {
            name: 'made',
            namespace: 'gone',
            keys: { password: { generate: 'password', length: 12, alphabet: 'hex' } },
          },
        ],
      },
      b: { yaml: custom('gone', 'Cog', 'one'), needs: ['a'] },
    };
    const ctx = testContext();
    await rig.run('gone', parts, { unobservedGraceMs: 200 });
    await rig
      .cluster()
      .create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace: 'gone' } }, ctx);
    const first = await down('gone', rig.cluster(), {}, ctx);
    expect(first.removed).toEqual([
      'Cog.example.com/gone/one',
      'CustomResourceDefinition.apiextensions.k8s.io/-/cogs.example.com',
      'Deployment.apps/gone/web',
    ]);
    expect(first.kept).toEqual([
      expect.stringMatching(/^Namespace gone stays: it holds ConfigMap mine/),
      expect.stringMatching(/^Secret gone\/made stays: it holds data/),
    ]);
    await rig.cluster().delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'gone', name: 'mine' }, {}, ctx);
    const second = await down('gone', rig.cluster(), { withData: true }, ctx);
    expect(second).toMatchObject({ removed: ['Namespace/-/gone', 'Secret/gone/made'], kept: [], problems: [] });
    await expect(status('gone', rig.cluster(), ctx)).rejects.toMatchObject({ code: 'E_DEPLOY_UNKNOWN' });
  });
});

describe('state on disk', () => {
  it('holds journal and records only', async () => {
    await rig.run('disk', { a: { yaml: namespace('disk') } });
    expect(await readdir(join(rig.directory(), '.forge', 'disk'))).toEqual(['journal.ndjson', 'releases']);
  });
});
