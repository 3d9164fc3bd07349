import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { harbour, mineRig, service } from './mine-rig.ts';
import { helmSource, manifestSource, where } from './rig.ts';
import { chartArchive } from './servers/chart-archive.ts';
import { helmRepository } from './servers/helm-repository.ts';
import { serve, serveFiles } from './servers/serve.ts';

const { rig, started, run, problems, lockText } = mineRig();

describe('bad input', () => {
  const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024));

  test.each<[string, (request: string) => Uint8Array | string | number, string]>([
    ['404', () => 404, 'E_FETCH_STATUS'],
    ['500 for ever', () => 500, 'E_FETCH_STATUS'],
    ['a login page', () => '<!DOCTYPE html><html><body>Sign in</body></html>', 'E_MINE_CONTENT'],
    ['binary', () => Buffer.from([1, 0, 2, 0]), 'E_MINE_CONTENT'],
    ['a gzip bomb', () => bomb, 'E_MINE_ARCHIVE'],
    ['truncated gzip', () => gzipSync(service.repeat(100)).subarray(0, 40), 'E_MINE_ARCHIVE'],
  ])('manifest: %s', async (_name, answer, code) => {
    const server = await started(
      serve((request, response) => {
        const body = answer(request.url ?? '');
        if (typeof body === 'number') response.writeHead(body).end();
        else response.end(body);
      }),
    );
    const found = await problems([manifestSource('a/0', { url: `${server.origin}/a.yaml` })]);
    expect(found).toMatchObject([{ code, why: expect.stringContaining('a/0') }]);
    await expect(lockText()).rejects.toThrow('ENOENT');
  });

  test('10 GB are refused when announced', async () => {
    const server = await started(
      serve((_request, response) => void response.writeHead(200, { 'content-length': 10e9 }).write('a')),
    );
    const found = await problems([manifestSource('a/0', { url: `${server.origin}/a.yaml` })]);
    expect(found).toMatchObject([{ code: 'E_FETCH_SIZE' }]);
  });

  test.each([
    ['remote', 'E_FETCH_CHECKSUM'],
    ['local', 'E_MINE_CHECKSUM'],
  ])('a wrong checksum of a %s manifest', async (sort, code) => {
    const server = await started(serveFiles({ '/a.yaml': service }));
    await writeFile(join(rig().directory, 'a.yaml'), service);
    const place = sort === 'remote' ? { url: `${server.origin}/a.yaml` } : { file: join(rig().directory, 'a.yaml') };
    expect(await problems([manifestSource('a/0', { ...place, sha256: 'ab'.repeat(32) })])).toMatchObject([{ code }]);
  });

  test.each([
    ['a version nobody published', '7.0.0', {}, 'E_MINE_VERSION', /use one of 1\.2\.0/],
    ['a digest that does not fit', '1.2.0', { digest: 'ab'.repeat(32) }, 'E_FETCH_CHECKSUM', /./],
    ['a login page', '1.2.0', { bytes: Buffer.from('<html>login') }, 'E_MINE_CONTENT', /needs no login/],
    ['no archive', '1.2.0', { bytes: Buffer.from('hello') }, 'E_MINE_CONTENT', /check the address/],
    ['an archive of nothing', '1.2.0', { bytes: gzipSync(Buffer.alloc(1024)) }, 'E_MINE_CONTENT', /no chart/],
  ] as const)('chart: %s', async (...[, version, change, code, fix]) => {
    const server = await started(helmRepository([{ name: 'harbour', version: '1.2.0', ...change }]));
    const found = await problems([harbour(server, version)]);
    expect(found).toMatchObject([{ code, fix: expect.stringMatching(fix) }]);
  });

  test('a chart the repository does not have', async () => {
    const server = await started(helmRepository([{ name: 'harbour', version: '1.2.0' }]));
    const source = helmSource('quay/0', { chart: 'quay', repository: server.origin, version: '1.2.0' });
    expect(await problems([source])).toMatchObject([{ code: 'E_MINE_CHART', where }]);
  });

  test('an archive of another chart', async () => {
    const bytes = await chartArchive('other', '1.2.0');
    const server = await started(helmRepository([{ name: 'harbour', version: '1.2.0', bytes }]));
    const found = await problems([harbour(server, '1.2.0')]);
    expect(found).toMatchObject([{ code: 'E_MINE_CONTENT', why: expect.stringContaining('"other" "1.2.0"') }]);
  });

  test('all problems of all sources come at once', async () => {
    const found = await problems([
      manifestSource('a/0', { file: join(rig().directory, 'missing.yaml') }),
      { kind: 'files', id: 'b/0', directory: join(rig().directory, 'nowhere'), include: ['*'], where },
      helmSource('c/0', { chart: 'oci://registry.example/UPPER' }),
      helmSource('d/0', { chart: rig().directory }),
    ]);
    expect(found.map(({ code }) => code)).toEqual([
      'E_MINE_MISSING',
      'E_MINE_MISSING',
      'E_MINE_REGISTRY',
      'E_MINE_CHART',
    ]);
    for (const diagnostic of found) expect(diagnostic).toMatchObject({ where, fix: expect.any(String) });
  });

  test('a broken lock file is told with its place, and is not overwritten', async () => {
    await writeFile(join(rig().directory, 'forge.lock'), 'version: 1\nsources: [{id: a/0}]\n');
    const found = await problems([]);
    expect(found[0]).toMatchObject({ code: 'E_MINE_LOCK', where: { path: expect.stringContaining('sources.0') } });
    expect(await lockText()).toContain('id: a/0');
  });

  test('cancellation throws the reason', async () => {
    const reason = new Error('stop');
    const ctx = rig().with({ signal: AbortSignal.abort(reason) });
    await expect(run([manifestSource('a/0', { file: '/x' })], {}, ctx)).rejects.toBe(reason);
  });
});
