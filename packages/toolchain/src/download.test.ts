import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createFetcher } from '@cluster-forge/base/fetch/create-fetcher';
import { digestOf } from '@cluster-forge/base/hash';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toolchainRig, type ToolchainRig } from './toolchain-rig.ts';

let rig: ToolchainRig;
beforeEach(async () => {
  rig = await toolchainRig();
});
afterEach(() => rig.close());

const helmScript = '#!/bin/sh\necho v1.2.3\n';
const resolve = async (pin = rig.pin(), more = {}) => (await rig.toolchain([pin], more)).resolve('helm', rig.ctx);

describe('a download', () => {
  const publish = (bytes: Uint8Array, member?: string) => {
    rig.published.set('/helm', bytes);
    return rig.pin({
      url: `${rig.publisher}/helm`,
      sha256: digestOf(bytes),
      ...(member === undefined ? {} : { member }),
    });
  };
  const archive = async (
    ...headers: {
      name: string;
      type?: 'file' | 'symlink' | 'link' | 'directory' | 'character-device';
      linkname?: string;
    }[]
  ) =>
    gzipSync(
      await packTar(
        headers.map((header) => ({
          header: {
            mode: 0o777,
            size: header.type === undefined || header.type === 'file' ? helmScript.length : 0,
            ...header,
          },
          ...(header.type === undefined || header.type === 'file' ? { body: helmScript } : {}),
        })),
      ),
    );

  it('is stored, runs, and is not asked for again', async () => {
    const pin = publish(Buffer.from(helmScript));
    const first = await resolve(pin);
    expect(first).toMatchObject({ version: '1.2.3', place: 'store' });
    expect(await readFile(first.path, 'utf8')).toBe(helmScript);
    expect(JSON.parse(await readFile(join(dirname(first.path), 'record.json'), 'utf8'))).toMatchObject({
      place: 'download',
      from: `${rig.publisher}/helm`,
      sha256: digestOf(helmScript),
    });
    expect(await resolve(pin)).toEqual(first);
    expect([rig.requests, await rig.stored()]).toEqual([['/helm'], ['helm']]);
    expect(rig.events.at(-1)).toMatchObject({ kind: 'task', id: 'toolchain/helm', state: 'done' });
  });

  it('may be a member of an archive', async () => {
    const pin = publish(
      await archive(
        { name: 'linux-amd64/', type: 'directory' },
        { name: 'linux-amd64/README' },
        { name: 'linux-amd64/helm' },
      ),
      'linux-amd64/helm',
    );
    expect(await readFile((await resolve(pin)).path, 'utf8')).toBe(helmScript);
  });

  it.each([
    ['leads out', { name: '../helm' }, /not allowed: it contains/],
    ['is absolute', { name: '/helm' }, /it is absolute|has no file helm/],
    ['is a link', { name: 'x', type: 'symlink' as const, linkname: '/etc/passwd' }, /"x" is a symlink/],
    ['is a hard link', { name: 'x', type: 'link' as const, linkname: 'helm' }, /"x" is a link/],
    ['is a device', { name: 'x', type: 'character-device' as const }, /"x" is a character-device/],
  ])('from an archive with a member that %s is refused as a whole', async (_, member, why) => {
    const pin = publish(await archive({ name: 'helm' }, member), 'helm');
    await expect(resolve(pin)).rejects.toMatchObject({ problem: { why: expect.stringMatching(why) } });
    expect(await rig.stored()).toEqual([]);
  });

  it.each([
    ['is not an archive', async () => Buffer.from('hello'), /not a gzip file/],
    ['is gzip of something else', async () => gzipSync('x'.repeat(2000)), /not a tar archive|has no file helm/],
    ['lacks the program', () => archive({ name: 'other' }), /it has no file helm/],
    ['has it twice', () => archive({ name: 'helm' }, { name: 'helm' }), /it has helm twice/],
  ])('that %s is refused', async (_, bytes, why) => {
    const pin = publish(await bytes(), 'helm');
    await expect(resolve(pin)).rejects.toMatchObject({ problem: { why: expect.stringMatching(why) } });
  });

  it.each([
    ['has other bytes than pinned', { sha256: digestOf('other') }, 'is not the file that was pinned'],
    ['is not there', { url: '/missing' }, 'the server answered 404'],
    ['has no pinned digest', { sha256: undefined }, 'not used: no verified digest'],
  ])('that %s is passed over: the program is built', async (_, change, reason) => {
    const pin = publish(Buffer.from(helmScript));
    const download = { url: `${rig.publisher}/helm`, sha256: digestOf(helmScript), ...change };
    const changed = {
      ...pin,
      downloads: { 'linux/amd64': { ...download, url: new URL(download.url, rig.publisher).href } },
    };
    await expect(resolve(changed)).rejects.toMatchObject({
      code: 'E_TOOL_NO_GO',
      problem: { why: expect.stringContaining(reason) },
    });
    await rig.go();
    const tool = await resolve(changed);
    expect(JSON.parse(await readFile(join(dirname(tool.path), 'record.json'), 'utf8'))).toMatchObject({
      place: 'build',
    });
  });

  it('that is another program than it should be is not kept', async () => {
    const pin = publish(Buffer.from('#!/bin/sh\necho v6.6.6\n'));
    await expect(resolve(pin)).rejects.toMatchObject({
      problem: { why: expect.stringContaining('the downloaded program says that it is 6.6.6') },
    });
    expect(await readdir(join(rig.directory, 'store/tools/helm'))).toEqual([]);
  });

  it('from a host that cannot be reached is tried once in a run', async () => {
    const pin = rig.pin({ url: 'http://192.0.2.1/helm', sha256: digestOf('x') });
    let tries = 0;
    const strict = createFetcher({});
    const fetch = {
      ...strict,
      download: (...args: Parameters<typeof strict.download>) => ((tries += 1), strict.download(...args)),
    };
    const toolchain = await rig.toolchain([pin], { fetch });
    for (const why of ['will not connect to 192.0.2.1', 'http://192.0.2.1 cannot be reached']) {
      await expect(toolchain.resolve('helm', rig.ctx)).rejects.toMatchObject({
        problem: { why: expect.stringContaining(why) },
      });
    }
    expect(tries).toBe(1);
  });
});
