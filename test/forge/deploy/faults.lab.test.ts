import { describe, expect, it } from 'vitest';
import { deploy } from '@cluster-forge/forge/deploy/deploy';
import type { Deployment, DeployOptions } from '@cluster-forge/forge/deploy/deployment';
import { leaseId } from '@cluster-forge/forge/deploy/names';
import { connect } from '@cluster-forge/kube/cluster/connect';
import { startFaultProxy, type Fault, type Seen } from '../../kube/fault-proxy.ts';
import { testContext } from '../../rig/context.ts';
import { configMap, crd, custom, deployment, namespace } from './manifests.ts';
import { releaseOf } from './release.ts';
import { deployRig, type Parts } from './rig.ts';

const rig = deployRig('faults');

const parts = (space: string): Parts => ({
  base: {
    yaml:
      namespace(space) +
      configMap(space, 'one') +
      configMap(space, 'two') +
      crd('Part', { group: `${space}.example.com` }) +
      deployment(space, 'db'),
  },
  app: { yaml: deployment(space, 'web') + custom(space, 'Part', 'one', `${space}.example.com`), needs: ['base'] },
});

/** Deploys through a proxy that breaks what `choose` names. */
async function through(
  space: string,
  choose: (seen: Seen) => Fault | undefined,
  options: DeployOptions = {},
): Promise<Deployment> {
  const proxy = await startFaultProxy(rig.lab().kubeconfigPath);
  const ctx = testContext();
  const cluster = await connect(
    { kubeconfig: proxy.kubeconfig, tuning: { retry: { tries: 4, firstDelayMs: 20, maxDelayMs: 200 } } },
    ctx,
  );
  proxy.decide(choose);
  try {
    return await deploy(
      releaseOf(space, rig.directory(), parts(space)),
      { cluster },
      { unobservedGraceMs: 300, ...options },
      ctx,
    );
  } finally {
    await cluster.close();
    await proxy.close();
  }
}
const isWrite = ({ method }: Seen) => method !== 'GET';

describe('an API server in trouble', () => {
  it.each([
    ['lost answers', (count: number): Fault | undefined => (count % 3 === 0 ? { kind: 'lose-answer' } : undefined)],
    ['resets', (count: number): Fault | undefined => (count % 3 === 0 ? { kind: 'reset' } : undefined)],
    ['500s', (count: number): Fault | undefined => (count % 4 === 0 ? { kind: 'answer', status: 500 } : undefined)],
    [
      '429s',
      (count: number): Fault | undefined =>
        count % 2 === 0 ? { kind: 'answer', status: 429, headers: { 'retry-after': '0' } } : undefined,
    ],
  ])('does not keep a deploy from its end: %s', async (name, fault) => {
    const space = name.replaceAll(/\W/g, '').toLowerCase();
    let count = 0;
    const result = await through(space, (seen) => (isWrite(seen) ? fault(++count) : undefined));
    expect(result.problems).toEqual([]);
    const second = await rig.run(space, parts(space), { unobservedGraceMs: 300 });
    expect(second).toMatchObject({
      outcome: 'unchanged',
      requests: { mutating: 0 },
    });
  });

  it('may cut and stall watches', async () => {
    let count = 0;
    const result = await through('watches', ({ isWatch }) =>
      isWatch && ++count % 2 === 0 ? { kind: 'cut', afterBytes: 2_000 } : undefined,
    );
    expect(result.problems).toEqual([]);
  });

  it('may go away in the middle and come back', async () => {
    let writes = 0;
    let refused = 0;
    const result = await through('back', (seen) => {
      if (isWrite(seen)) writes += 1;
      return writes > 8 && refused < 25 && ++refused > 0 ? { kind: 'reset' } : undefined;
    });
    expect(refused).toBe(25);
    expect(result.problems).toEqual([]);
  });

  it('may go away for good: the deploy ends, says so, and the same command goes on later', async () => {
    let writes = 0;
    const result = await through(
      'away',
      (seen) => ((isWrite(seen) && ++writes > 8) || writes > 8 ? { kind: 'reset' } : undefined),
      { gateTimeoutMs: 4_000 },
    );
    expect(result.outcome).toBe('failed');
    expect(result.problems.map(({ code }) => code)).toContain('E_DEPLOY_GATE');
    expect(JSON.stringify(result.problems)).toMatch(/does not answer|cannot be reached|reset|hang up/i);
    // What its expiry would do half a minute later.
    await rig.cluster().patch(leaseId('away'), { spec: { holderIdentity: '' } }, {}, testContext());
    const again = await rig.run('away', parts('away'), { unobservedGraceMs: 300 });
    expect(again).toMatchObject({ outcome: 'succeeded', release: 1 });
  });
});
