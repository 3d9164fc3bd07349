import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploy } from '@cluster-forge/forge/deploy/deploy';
import { status } from '@cluster-forge/forge/operate/status';
import { testContext } from '../../rig/context.ts';
import { hasRealFiles, realRelease } from './real.ts';
import { deployRig } from './rig.ts';

describe.skipIf(!hasRealFiles)('the real components (skipped where ../shared/real is not there)', () => {
  const rig = deployRig('real');

  it('deploy completely with every gate held; the second deploy sends nothing', { timeout: 400_000 }, async () => {
    const release = await realRelease(join(rig.directory(), 'real'));
    const lab = rig.lab();
    const { cluster, adapt } = lab;
    await lab.setModels(
      release.platform.components.flatMap(({ simulate }) => simulate),
      testContext(),
    );
    const ctx = testContext();
    const first = await deploy(release, { cluster, adapt }, {}, ctx);
    expect(first.problems).toEqual([]);
    expect(first.components.every(({ state }) => state === 'ready')).toBe(true);
    expect(first.objects.length).toBeGreaterThanOrEqual(490);
    const edges = release.graph.edges.filter(({ until }) => until === 'ready');
    const times = new Map(first.objects.map((object) => [object.id, object]));
    const early = edges.filter(
      ({ from, to }) => (times.get(to)?.beganMs ?? Infinity) < (times.get(from)?.readyMs ?? -Infinity),
    );
    expect(early).toEqual([]);

    const second = await deploy(release, { cluster, adapt }, {}, testContext());
    expect(second).toMatchObject({ outcome: 'unchanged', requests: { mutating: 0 } });
    expect((await status('real', cluster, testContext())).ready).toBe(true);
  });
});
