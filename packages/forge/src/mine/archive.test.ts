import { gzipSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { assert, asyncProperty, nat } from 'fast-check';
import { packTar, type TarHeader } from 'modern-tar';
import { describe, expect, test } from 'vitest';
import { ForgeError } from '@cluster-forge/base';
import { archiveLimits, readArchive } from './archive.ts';

type Entry = Pick<TarHeader, 'name'> & Partial<TarHeader> & { readonly body?: string | Uint8Array };

async function archive(entries: readonly Entry[]): Promise<Uint8Array> {
  const packed = entries.map(({ body, ...header }) => ({
    header: { ...header, size: body === undefined ? 0 : Buffer.byteLength(body) },
    ...(body === undefined ? {} : { body }),
  }));
  return gzipSync(await packTar(packed));
}

const read = (bytes: Uint8Array) => readArchive(bytes, 'chart.tgz');

describe('readArchive', () => {
  test('gives files by name, long names and directories included', async () => {
    const long = `chart/${'deep/'.repeat(40)}file.yaml`;
    const files = await read(
      await archive([
        { name: 'chart/', type: 'directory' },
        { name: './chart/Chart.yaml', body: 'name: chart' },
        { name: long, body: 'x' },
      ]),
    );
    expect([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([
      ['chart/Chart.yaml', 'name: chart'],
      [long, 'x'],
    ]);
  });

  test.each<[string, Entry | readonly Entry[], RegExp]>([
    ['a symbolic link', { name: 'chart/a', type: 'symlink', linkname: '/etc/passwd' }, /symbolic link/],
    ['a hard link', { name: 'chart/a', type: 'link', linkname: 'chart/b' }, /hard link/],
    ['a device', { name: 'chart/a', type: 'character-device' }, /character device/],
    ['a pipe', { name: 'chart/a', type: 'fifo' }, /pipe/],
    ['a name that leads out', { name: 'chart/../../a', body: 'x' }, /contains `\.\.`/],
    ['an absolute name', { name: '/etc/passwd', body: 'x' }, /absolute/],
    ['a drive letter', { name: 'C:/a', body: 'x' }, /absolute/],
    ['a backslash', { name: 'chart\\..\\a', body: 'x' }, /backslash/],
    [
      'the same name twice',
      [
        { name: 'chart/a', body: '1' },
        { name: 'chart//./a', body: '2' },
      ],
      /comes twice/,
    ],
    ['a file that is too large', { name: 'chart/a', body: randomBytes(archiveLimits.maxFileBytes + 1) }, /may have/],
    ['a file hidden in an extended header', { name: 'chart/a', body: 'x', pax: { path: '../a' } }, /contains `\.\.`/],
  ])('refuses %s, naming it', async (_name, entries, why) => {
    const bytes = await archive([entries].flat());
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'E_MINE_ARCHIVE',
      problem: { why: expect.stringMatching(why) },
    });
    await expect(read(bytes)).rejects.toMatchObject({ problem: { what: expect.stringMatching(/chart\.tgz.*"/) } });
  });

  test('refuses more entries than any chart has', async () => {
    const entries = Array.from({ length: archiveLimits.maxEntries + 1 }, (_, at) => ({ name: `c/${at}`, body: '' }));
    await expect(read(await archive(entries))).rejects.toMatchObject({ code: 'E_MINE_ARCHIVE' });
  });

  test('refuses a bomb without unpacking it', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    await expect(read(bomb)).rejects.toMatchObject({
      code: 'E_MINE_ARCHIVE',
      problem: { what: expect.stringContaining('unpacks to more') },
    });
  });

  test('a header that was changed after packing is refused', async () => {
    const changed = Buffer.from(await packTar([{ header: { name: 'chart/a', size: 1 }, body: 'x' }]));
    changed.write('chart/b', 0);
    await expect(read(gzipSync(changed))).rejects.toMatchObject({
      problem: { why: expect.stringContaining('checksum') },
    });
  });

  test('any damage ends in an error of the catalogue or in the same files', async () => {
    const whole = Buffer.from(await packTar([{ header: { name: 'chart/a', size: 3 }, body: 'abc' }]));
    await assert(
      asyncProperty(nat(whole.length - 1), nat(255), async (at, byte) => {
        const damaged = Buffer.from(whole);
        damaged[at] = byte;
        const outcome = await read(gzipSync(damaged)).then(
          (files) => ([...files.keys()].some((name) => name.includes('..')) ? 'escaped' : 'read'),
          (error: unknown) => (error instanceof ForgeError ? error.code : 'crashed'),
        );
        expect(['read', 'E_MINE_ARCHIVE']).toContain(outcome);
      }),
    );
    for (let length = 1; length < 512 + 3; length += 37)
      await expect(read(gzipSync(whole.subarray(0, length)))).rejects.toMatchObject({ code: 'E_MINE_ARCHIVE' });
  });
});
