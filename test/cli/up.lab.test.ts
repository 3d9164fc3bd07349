import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inLab, labRig, processesOf, secretValues, stillRunning } from './lab-rig.ts';
import type { CliRig, Run } from './rig.ts';
import { smallPlatform } from './small-platform.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await labRig();
});
afterEach(() => rig.end());

/** Labs of a rig that have any file left. */
async function labs(): Promise<readonly string[]> {
  return readdir(join(rig.state, 'labs')).catch(() => []);
}

/** Files below the rig, state and cache and home included, that contain one of the texts. */
async function filesWith(texts: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(dirname(rig.directory), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(file, 'utf8');
      return texts.some((text) => content.includes(text)) ? [file] : [];
    }),
  );
  return found.flat();
}

test('up --detach, status, deploy again, down: the whole stack, and no secret leaves the cluster', async () => {
  const up = await rig.run(['up', '--detach', '--output', 'json']);
  expect(up).toMatchObject({ code: 0 });
  expect(up.data()).toMatchObject({ lab: 'airm-local', deployment: { outcome: 'succeeded', problems: [] } });

  const status = await rig.run(['status', '--output', 'json']);
  expect(status.data()).toMatchObject({ ready: true, components: expect.any(Array) });
  const { components } = status.data() as { readonly components: readonly { readonly ready: boolean }[] };
  expect(components.length).toBeGreaterThan(4);
  expect(components.filter(({ ready }) => !ready)).toEqual([]);

  const again = await rig.run(['deploy', '--stack', 'airm-local', '--lab', '--output', 'json']);
  expect(again.data()).toMatchObject({ outcome: 'unchanged', requests: { mutating: 0 } });

  const events = await rig.run(['deploy', '--stack', 'airm-local', '--lab', '--progress', 'json']);
  const why = await rig.run(['why']);
  expect(why).toMatchObject({ code: 0, stdout: 'everything is ready\n' });
  const secrets = await inLab(rig, 'airm-local', secretValues);
  expect(secrets.length).toBeGreaterThan(5);
  const variants = secrets.flatMap((value) => [value, Buffer.from(value).toString('base64')]);
  expect(await filesWith(variants)).toEqual([]);
  const shown = [up, status, again, events, why].map(({ stdout, stderr }: Run) => stdout + stderr).join('');
  expect(variants.filter((value) => shown.includes(value))).toEqual([]);

  const processes = await processesOf(rig, 'airm-local');
  expect(processes.length).toBeGreaterThan(4);
  expect(await rig.run(['down'])).toMatchObject({ code: 0, stdout: 'lab airm-local is gone\n' });
  expect(await stillRunning(processes)).toEqual([]);
  expect(await labs()).toEqual([]);
});

test('Ctrl-C on a watching up is a normal end, and stops all it started', async () => {
  await rig.write(smallPlatform());
  const up = rig.start(['up']);
  await up.shows('3 of 3 components ready');
  const processes = await processesOf(rig, 'test');
  expect(processes.length).toBeGreaterThan(4);
  up.kill('SIGINT');
  expect((await up.ended).code).toBe(0);
  expect(await stillRunning(processes)).toEqual([]);
  expect(await labs()).toEqual([]);
});

test('Ctrl-C in the middle of the work ends with 130, says how to go on, and stops all it started', async () => {
  await rig.write(smallPlatform({ 'lab.clusterforge.dev/ready-after': '600s' }));
  const up = rig.start(['up', '--progress', 'json']);
  await up.shows('Deployment web/web');
  const processes = await processesOf(rig, 'test');
  up.kill('SIGINT');
  const { code, stderr } = await up.ended;
  expect([code, stderr]).toEqual([130, expect.stringContaining('the same command goes on from here')]);
  expect(await stillRunning(processes)).toEqual([]);
  expect(await labs()).toEqual([]);
});

test('Ctrl-C twice ends at once, kill -9 at once without a word; the next up clears away what they left and works', async () => {
  await rig.write(smallPlatform({ 'lab.clusterforge.dev/ready-after': '600s' }));
  const twice = rig.start(['up', '--progress', 'json']);
  await twice.shows('Deployment web/web');
  const left = [...(await processesOf(rig, 'test'))];
  twice.kill('SIGINT');
  await twice.shows('"title":"stop lab test"');
  twice.kill('SIGINT');
  expect((await twice.ended).code).toBe(130);

  const killed = rig.start(['up', '--lab-name', 'other', '--progress', 'json']);
  await killed.shows('Deployment web/web');
  left.push(...(await processesOf(rig, 'other')));
  killed.kill('SIGKILL');
  expect((await killed.ended).code).toBe(null);
  expect((await stillRunning(left)).length).toBeGreaterThan(4);
  expect((await rig.run(['lab', 'list'])).stdout).toMatch(/^other +abandoned/m);

  await rig.write(smallPlatform());
  expect(await rig.run(['up', '--detach'])).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/removed lab (?:test|other), which its owner had left behind/),
  });
  expect(await stillRunning(left)).toEqual([]);
  expect(await labs()).toEqual(['test']);
});
