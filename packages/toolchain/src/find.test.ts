import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toolchainRig, type ToolchainRig } from './toolchain-rig.ts';

let rig: ToolchainRig;
beforeEach(async () => {
  rig = await toolchainRig();
});
afterEach(() => rig.close());

const resolve = async (pin = rig.pin(), more = {}) => (await rig.toolchain([pin], more)).resolve('helm', rig.ctx);

describe('an explicit program', () => {
  it('is taken whatever its version, from the caller or the environment', async () => {
    const path = await rig.program('my-helm', 'echo v0.0.1', 'elsewhere');
    expect(await resolve(rig.pin(), { env: { FORGE_TOOL_HELM: path } })).toEqual({
      name: 'helm',
      path,
      version: '0.0.1',
      place: 'explicit',
    });
    expect(await resolve(rig.pin(), { explicit: { helm: path } })).toMatchObject({ path });
  });

  it('that cannot be run is an error, not a reason to look elsewhere', async () => {
    await rig.program('helm', 'echo v1.2.3');
    const wrong = resolve(rig.pin(), { env: { FORGE_TOOL_HELM: '/nonexistent/helm' } });
    await expect(wrong).rejects.toMatchObject({
      code: 'E_TOOL_EXPLICIT',
      exit: 2,
      problem: { what: expect.stringContaining('FORGE_TOOL_HELM') },
    });
  });
});

describe('PATH', () => {
  it('gives the first program of exactly the right version', async () => {
    await rig.program('helm', 'echo v1.2.4');
    const path = await rig.program('helm', 'echo v1.2.3+g1234567', 'bin2');
    expect(await resolve()).toEqual({ name: 'helm', path, version: '1.2.3', place: 'path' });
  });

  it.each([
    ['echo v1.2.4', 'is 1.2.4, wanted is 1.2.3'],
    ['echo v1.2.3-rc.1', 'is 1.2.3-rc.1, wanted is 1.2.3'],
    ['echo hello', 'does not tell its version'],
    ['echo v1.2.3; exit 1', 'does not tell its version'],
  ])('passes over a program that does `%s`, and says why', async (script, why) => {
    const path = await rig.program('helm', script);
    await expect(resolve(rig.pin(), { env: { PATH: dirname(path) } })).rejects.toMatchObject({
      code: 'E_TOOL_NO_GO',
      problem: { why: expect.stringContaining(`path: ${path} ${why}`) },
    });
  });

  it('is asked again when a program changed', async () => {
    const path = await rig.program('helm', `echo v1.2.4\n#${'x'.repeat(200_000)}`);
    await rig.go();
    expect((await resolve()).place).toBe('store');
    await writeFile(path, `#!/bin/sh\necho v1.2.3\n#${'x'.repeat(200_001)}`);
    expect((await resolve()).place).toBe('path');
  });
});

describe('inspect', () => {
  it('tells where each program is, or what each place says', async () => {
    await rig.go();
    const old = await rig.program('helm', 'echo v1.2.4');
    const pin = rig.pin({ url: 'https://get.example/helm', sha256: undefined });
    const toolchain = await rig.toolchain([
      pin,
      { kind: 'system', name: 'git', minimum: '2.0.0', versionArgs: ['--version'] },
    ]);
    const [before, git] = await toolchain.inspect(rig.ctx);
    expect(before).toEqual({
      name: 'helm',
      wanted: '1.2.3',
      found: undefined,
      provider: 'build',
      refusals: [
        { place: 'explicit', reason: 'FORGE_TOOL_HELM is not set' },
        { place: 'path', reason: `${old} is 1.2.4, wanted is 1.2.3` },
        { place: 'store', reason: expect.stringMatching(/^not in .*helm yet$/) },
        { place: 'download', reason: 'not used: no verified digest of https://get.example/helm is known' },
      ],
    });
    expect(git).toMatchObject({ name: 'git', wanted: '2.0.0 or newer', found: { place: 'path' }, provider: undefined });
    expect(await rig.builds()).toBe(0);
    const tool = await toolchain.resolve('helm', rig.ctx);
    expect((await toolchain.inspect(rig.ctx))[0]).toMatchObject({ found: tool, provider: undefined });
  });

  it('says that a system program is missing', async () => {
    const toolchain = await rig.toolchain([
      { kind: 'system', name: 'git', minimum: '99.0.0', versionArgs: ['--version'] },
    ]);
    await expect(toolchain.resolve('git', rig.ctx)).rejects.toMatchObject({
      code: 'E_TOOL_MISSING',
      problem: { what: 'git 99.0.0 or newer is needed' },
    });
  });
});
