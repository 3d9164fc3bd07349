import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { labDirectory, labStatus } from '@cluster-forge/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dump, inLab, labRig } from './lab-rig.ts';
import type { CliRig } from './rig.ts';
import { clashingDefinition, smallPlatform } from './small-platform.ts';

const lab = 'test';
const deploy = ['deploy', '--lab'];
const slow = { 'lab.clusterforge.dev/ready-after': '600s' };

let rig: CliRig;
beforeAll(async () => {
  rig = await labRig();
});
afterAll(() => rig.end());

/** A lab without the platform, and the platform's files as they should be. */
beforeEach(async () => {
  await rig.endCommands();
  await rm(join(rig.directory, 'catalog'), { recursive: true, force: true });
  await rig.write(smallPlatform());
  const status = await labStatus(labDirectory(rig.state, lab));
  if (status?.phase === 'ready') await remove();
  else await rig.run(['lab', 'up', lab]);
});

async function remove(): Promise<void> {
  const { kubeconfig } = labDirectory(rig.state, lab);
  const { code, stderr } = await rig.run(['down', '--yes', '--with-data', '--kubeconfig', kubeconfig]);
  if (code !== 0 && !stderr.includes('E_DEPLOY_UNKNOWN')) throw new Error(stderr);
}

/** The same numbers for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const more = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return ((more ^ (more >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(
  'killed at ten random moments, the same command again comes to the same objects',
  { timeout: 300_000 },
  async () => {
    const started = performance.now();
    expect(await rig.run(deploy)).toMatchObject({ code: 0 });
    const wholeMs = performance.now() - started;
    const expected = await inLab(rig, lab, dump);
    expect(Object.keys(expected).length).toBeGreaterThan(25);

    const seed = randomInt(1_000_000);
    const next = random(seed);
    for (let round = 0; round < 10; round += 1) {
      await remove();
      const afterMs = Math.round(next() * wholeMs);
      const killed = rig.start(deploy);
      const timer = setTimeout(() => killed.kill('SIGKILL'), afterMs);
      await killed.ended;
      clearTimeout(timer);
      const told = `seed ${seed}, round ${round}, killed after ${afterMs} of ${Math.round(wholeMs)} ms`;
      const { code, stdout, stderr } = await rig.run(deploy);
      const came = { told, code, problems: code === 0 ? '' : stdout + stderr, objects: await inLab(rig, lab, dump) };
      expect(came).toEqual({ told, code: 0, problems: '', objects: expected });
    }
  },
);

test('a second forge that would change the same platform is refused, and told who works on it and since when', async () => {
  await rig.write(smallPlatform(slow));
  const first = rig.start([...deploy, '--progress', 'json']);
  await first.shows('Deployment web/web: 0 of 2 replicas');
  await rig.write(smallPlatform());
  const second = await rig.run(deploy);
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(new RegExp(`^error .*@.*pid ${first.pid}.* since "20\\d\\d-.* E_DEPLOY_LOCKED$`, 'm'));
  expect(second.stderr).toMatch(/^ {2}fix {3}\S/m);
  expect((await rig.run(['status'])).stdout).toContain(`pid ${first.pid}`);

  first.kill('SIGINT');
  expect((await first.ended).code).toBe(130);
  expect((await rig.run(['status'])).stdout).toMatch(/release \d+, interrupted/);
  expect(await rig.run(deploy)).toMatchObject({ code: 0 });
});

describe('a gate that never opens', () => {
  test('for an image that never pulls names pod and reason, and so do status and why', async () => {
    await rig.write(smallPlatform({ 'lab.clusterforge.dev/fail': 'image-pull' }));
    const { code, stdout } = await rig.run([...deploy, '--gate-timeout', '3']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error component web was not ready after 3 s E_DEPLOY_GATE$/m);
    expect(stdout).toMatch(
      /Deployment web\/web: .* <- Pod web\/web-\S+: .*ImagePullBackOff.*registry\.example\/web:1\.0\.0/,
    );
    expect(stdout).toMatch(/^ {2}fix {3}\S/m);
    const [status, why] = await Promise.all([rig.run(['status']), rig.run(['why', 'Deployment', 'web/web'])]);
    expect(status).toMatchObject({ code: 3, stdout: expect.stringMatching(/^… +web .*Deployment web\/web/m) });
    expect(why).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/because Pod web\/web-\S+: .*ImagePullBackOff/),
    });
  });

  test('for a definition whose names are taken says which, and what waits for it', async () => {
    await rig.write({ ...smallPlatform(), ...clashingDefinition });
    const { code, stdout } = await rig.run([...deploy, '--gate-timeout', '3']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /CustomResourceDefinition (?:gadgets|widgets)\.test\.example: names not accepted: .*"widget"/,
    );
    expect(stdout).toMatch(/^error component widgets could not start E_DEPLOY_BLOCKED$/m);
  });
});

test('an API server that dies in mid-deploy ends it with the reason, and the same command goes on', async () => {
  await rig.write(smallPlatform(slow));
  const broken = rig.start([...deploy, '--progress', 'json']);
  await broken.shows('Deployment web/web');
  const status = await labStatus(labDirectory(rig.state, lab));
  const server = status?.processes.find(({ role }) => role === 'kube-apiserver');
  expect(server).toBeDefined();
  process.kill(server?.pid ?? 0, 'SIGKILL');
  const { code, stderr } = await broken.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error lab test is broken: kube-apiserver ended E_CLI_LAB$/m);
  expect(stderr).toMatch(/^ {2}fix {3}\S/m);
  expect((await rig.run(['status'])).stderr).toContain('E_CLI_LAB');

  await rig.write(smallPlatform());
  expect(await rig.run(deploy)).toMatchObject({ code: 0, stderr: expect.stringContaining('it is started afresh') });
});
