import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSameProcess, stopProcess } from '@cluster-forge/base/exec/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toolchainRig, type ToolchainRig } from './toolchain-rig.ts';

let rig: ToolchainRig;
beforeEach(async () => {
  rig = await toolchainRig();
});
afterEach(() => rig.close());

const helmScript = '#!/bin/sh\necho v1.2.3\n';
const resolve = async (pin = rig.pin(), more = {}) => (await rig.toolchain([pin], more)).resolve('helm', rig.ctx);

describe('a build', () => {
  it('makes the program reproducibly from the recipe, once for all checkouts', async () => {
    await rig.go();
    const tool = await resolve();
    expect(tool).toMatchObject({ version: '1.2.3', place: 'store' });
    expect(await resolve()).toEqual(tool);
    const command = await readFile(join(rig.directory, 'builds'), 'utf8');
    expect(command).toMatch(
      /^build -v -trimpath -buildvcs=false -ldflags -s -w -X helm.example.version=v1.2.3 -o \S+ helm.example\/cmd\/helm\n$/,
    );
    expect(rig.events.map((event) => (event.kind === 'task' ? event.detail : undefined))).toContain(
      'compiling helm.example/cmd/helm',
    );
  });

  it('is done again for another recipe, beside the old one', async () => {
    await rig.go();
    const old = await resolve();
    await writeFile(join(rig.directory, 'recipes/helm/go.sum'), 'changed');
    const { path } = await resolve();
    expect(path).not.toBe(old.path);
    expect([(await stat(old.path)).isFile(), await rig.builds()]).toEqual([true, 2]);
  });

  it('is done again when the stored program was damaged, but not when only its time changed', async () => {
    await rig.go();
    const { path } = await resolve();
    await utimes(path, 1, 1);
    expect((await resolve()).path).toBe(path);
    expect(await rig.builds()).toBe(1);
    await writeFile(path, helmScript.replace('v1', 'v6'));
    await resolve();
    expect([await readFile(path, 'utf8'), await rig.builds()]).toEqual([helmScript, 2]);
  });

  it.each([
    ['there is no Go', undefined, 'E_TOOL_NO_GO', 'build: no go on PATH (needed is 1.26.0 or newer)'],
    ['Go is too old', { version: '1.25.9' }, 'E_TOOL_NO_GO', 'is 1.25.9, needed is 1.26.0 or newer'],
    ['Go fails', { fails: 'no space left on device' }, 'E_TOOL_BUILD', 'no space left on device'],
    ['the result is another version', { says: 'v1.2.2' }, 'E_TOOL_BUILD', 'says that it is 1.2.2 instead of 1.2.3'],
  ])('says what is wrong when %s', async (_, go, code, why) => {
    if (go !== undefined) await rig.go(go);
    const failed = resolve(rig.pin(), { env: { PATH: `${join(rig.directory, 'bin')}:/bin` } });
    await expect(failed).rejects.toMatchObject({
      code,
      exit: 1,
      problem: { why: expect.stringContaining(why), fix: expect.any(String) },
    });
    expect(await rig.stored()).toEqual([]);
  });

  it('killed in the middle leaves no half program; the next run ends the orphaned compiler and finishes', async () => {
    await rig.go({ wait: true });
    const killed = await rig.process([rig.pin()]);
    const builder = await rig.builder();
    await stopProcess(killed, { graceMs: 0 }, rig.ctx);
    const toolchain = await rig.toolchain([rig.pin()]);
    expect((await toolchain.inspect(rig.ctx))[0]).toMatchObject({ found: undefined, provider: 'build' });
    expect(await isSameProcess(builder)).toBe(true);
    await rig.go();
    const { path } = await resolve();
    expect([await readFile(path, 'utf8'), await rig.stored()]).toEqual([helmScript, ['helm']]);
    expect(await isSameProcess(builder)).toBe(false);
  });

  it('is waited for by another process instead of being done twice', async () => {
    await rig.go({ wait: true });
    const both = [await rig.process([rig.pin()]), await rig.process([rig.pin()])];
    while ((await rig.builds()) === 0) await rig.ctx.clock.sleep(20);
    await rig.goOn();
    await Promise.all(both.map(({ ended }) => ended));
    const [first, second] = await Promise.all(both.map(({ output }) => output()));
    expect(first).toMatch(/\/store\/tools\/helm\/1\.2\.3-linux-amd64-[0-9a-f]{16}\/helm$/);
    expect([second, await rig.builds()]).toEqual([first, 1]);
  });

  it('ends on abort and leaves nothing', async () => {
    await rig.go({ wait: true });
    const controller = new AbortController();
    const toolchain = await rig.toolchain([rig.pin()]);
    const aborted = toolchain.resolve('helm', { ...rig.ctx, signal: controller.signal });
    while ((await rig.builds()) === 0) await rig.ctx.clock.sleep(20);
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    expect(await rig.stored()).toEqual([]);
  });
});
