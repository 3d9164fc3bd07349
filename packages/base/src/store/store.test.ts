import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../exec/exec.ts';
import { digestOf, hexOf } from '../hash.ts';
import { defaultStoreDirectory, openStore } from './open-store.ts';
import type { Store } from './store.ts';

const signal = new AbortController().signal;
let directory: string;
let store: Store;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forge-store-'));
  store = await openStore(directory);
});
afterEach(() => rm(directory, { recursive: true }));

const text = async (bytes: Promise<Uint8Array | undefined>) => Buffer.from((await bytes) ?? 'absent').toString();
const pathOf = (content: string) =>
  join(directory, 'blobs', hexOf(digestOf(content)).slice(0, 2), hexOf(digestOf(content)));

describe('blobs', () => {
  it('come back as they went in, whole or streamed', async () => {
    const whole = await store.put(Buffer.from('abc'));
    async function* chunks() {
      yield Buffer.from('a');
      yield Buffer.from('bc');
    }
    expect(await store.put(chunks())).toEqual(whole);
    expect(whole).toEqual({ digest: digestOf('abc'), sizeBytes: 3 });
    expect(await text(store.get(whole.digest))).toBe('abc');
    expect(await readFile((await store.file(whole.digest)) ?? '', 'utf8')).toBe('abc');
  });

  it('are absent when unknown', async () => {
    expect(await store.get(digestOf('x'))).toBeUndefined();
    expect(await store.file(digestOf('x'))).toBeUndefined();
  });

  it.each([
    ['get', (s: Store) => s.get(digestOf('abc'))],
    ['file', (s: Store) => s.file(digestOf('abc'))],
  ])('that were damaged are removed by %s, and can be put again', async (_, read) => {
    await store.put(Buffer.from('abc'));
    expect(await read(store)).toBeDefined();
    await writeFile(pathOf('abc'), 'abX');
    expect(await read(store)).toBeUndefined();
    await expect(stat(pathOf('abc'))).rejects.toThrow('ENOENT');
    await store.put(Buffer.from('abc'));
    expect(await read(store)).toBeDefined();
  });

  it('whose supplier fails leave nothing, and the failure passes through', async () => {
    async function* fails() {
      yield Buffer.from('a');
      throw new Error('supplier');
    }
    await expect(store.put(fails())).rejects.toThrow('supplier');
    expect(await readdir(join(directory, 'temporary'))).toEqual([]);
  });

  it('may be put by many at once', async () => {
    const puts = Array.from({ length: 50 }, (_, index) => store.put(Buffer.from(`blob ${index % 5}`)));
    expect(new Set((await Promise.all(puts)).map(({ digest }) => digest)).size).toBe(5);
    expect(await store.sizeBytes()).toBe(5 * 6);
  });
});

describe('memory', () => {
  it('keeps values by kind and key', async () => {
    const key = digestOf('key');
    await store.remember('renders', key, { output: ['ä', 1, null] });
    await store.remember('tools', key, 'other');
    await store.remember('tools', key, 'newer');
    expect(await store.recall('renders', key)).toEqual({ output: ['ä', 1, null] });
    expect(await store.recall('tools', key)).toBe('newer');
    expect(await store.recall('tools', digestOf('other'))).toBeUndefined();
  });

  it('forgets a value that was damaged', async () => {
    const key = digestOf('key');
    await store.remember('renders', key, { output: 1 });
    const path = join(directory, 'memory/renders', hexOf(key).slice(0, 2), hexOf(key));
    await writeFile(path, (await readFile(path, 'utf8')).replace('1}', '2}'));
    expect(await store.recall('renders', key)).toBeUndefined();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });
});

describe('collect', () => {
  it('removes what was used longest ago, until the rest fits', async () => {
    const ages = [5, 1, 4, 2, 3];
    for (const days of ages) {
      await store.put(Buffer.from(`${days} days`));
      const used = new Date(Date.now() - days * 86_400_000);
      await utimes(pathOf(`${days} days`), used, used);
    }
    await store.get(digestOf('5 days'));
    expect(await store.collect(18)).toEqual({ removedFiles: 2, removedBytes: 12, keptBytes: 18 });
    const kept = await Promise.all(
      ages.map(async (days) => [days, (await store.get(digestOf(`${days} days`))) !== undefined]),
    );
    expect(kept).toEqual([
      [5, true],
      [1, true],
      [4, false],
      [2, true],
      [3, false],
    ]);
  });

  it('removes leftovers of killed writers, but not what is being written', async () => {
    await writeFile(join(directory, 'temporary/old'), 'x');
    await writeFile(join(directory, 'temporary/new'), 'x');
    const used = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(directory, 'temporary/old'), used, used);
    expect(await store.collect(1000)).toEqual({ removedFiles: 1, removedBytes: 1, keptBytes: 0 });
    expect(await readdir(join(directory, 'temporary'))).toEqual(['new']);
  });
});

describe('a full disk', () => {
  it('is E_STORE_FULL, and nothing half-written remains', async (test) => {
    const script = `
      const { openStore } = await import(${JSON.stringify(new URL('open-store.ts', import.meta.url).href)});
      const { readdir } = await import('node:fs/promises');
      const store = await openStore(process.argv[1]);
      await store.put(Buffer.alloc(2 << 20)).catch((error) => console.log(error.code));
      console.log((await readdir(process.argv[1] + '/temporary')).length, await store.sizeBytes());
      console.log((await store.put(Buffer.from('small'))).sizeBytes);`;
    const mount = 'mount -t tmpfs -o size=1m none "$1" && exec "$0" --input-type=module -e "$2" "$1"';
    const result = await run(
      'unshare',
      ['--map-root-user', '--mount', 'sh', '-c', mount, execPath, directory, script],
      { accept: [0, 1, 32] },
      { signal },
    ).catch(() => ({ exitCode: 1, stdout: '' }));
    test.skip(result.exitCode !== 0, 'needs the right to mount a small file system in a namespace (unshare)');
    expect(result.stdout).toBe('E_STORE_FULL\n0 0\n5\n');
  });

  it('or a directory that cannot be written is told at opening', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(openStore(join(directory, 'file'))).rejects.toMatchObject({
      code: 'E_STORE_WRITE',
      problem: { fix: expect.stringContaining('FORGE_CACHE') },
    });
  });
});

it.each([
  [{ HOME: '/home/me' }, '/home/me/.cache/cluster-forge'],
  [{ HOME: '/home/me', XDG_CACHE_HOME: '/var/cache/me' }, '/var/cache/me/cluster-forge'],
  [{ HOME: '/home/me', XDG_CACHE_HOME: '/x', FORGE_CACHE: '/fast/forge' }, '/fast/forge'],
  [{ HOME: '/home/me', XDG_CACHE_HOME: 'relative', FORGE_CACHE: '' }, '/home/me/.cache/cluster-forge'],
])('%j puts the store at %s', (env, path) => {
  expect(defaultStoreDirectory(env)).toBe(path);
});
