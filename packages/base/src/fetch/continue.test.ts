import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../hash.ts';
import { fetchRig, good, type FetchRig } from './fetch-rig.ts';

let rig: FetchRig;
beforeEach(() => {
  rig = fetchRig();
});
afterEach(() => rig.close());

describe('a download that broke off', () => {
  const half = (headers: Record<string, string>) => (response: ServerResponse) =>
    void response.writeHead(200, { 'content-length': 8, ...headers }).write('0123', () => response.destroy());

  it('continues where it stopped when the server still has the same version', async () => {
    const { url, requests } = await rig.serveInTurn(
      half({ etag: '"v1"' }),
      (response) => void response.writeHead(206, { etag: '"v1"', 'content-range': 'bytes 4-7/8' }).end('4567'),
    );
    expect(await rig.get(url, { sha256: digestOf('01234567') })).toMatchObject({ text: '01234567' });
    expect(requests[1]?.headers).toMatchObject({ range: 'bytes=4-', 'if-range': '"v1"' });
  });

  it.each([
    ['the version changed', half({ etag: '"v1"' }), (response: ServerResponse) => void response.end('new file')],
    [
      'the range is gone',
      half({ etag: '"v1"' }),
      (response: ServerResponse, request: IncomingMessage) =>
        void response.writeHead(request.headers.range === undefined ? 200 : 416).end('new file'),
    ],
    [
      'the server sends another range',
      half({ etag: '"v1"' }),
      (response: ServerResponse) => void response.end('new file'),
    ],
    [
      'the server names no version',
      half({}),
      (response: ServerResponse, request: IncomingMessage) => void response.end(request.headers.range ?? 'new file'),
    ],
    [
      'the version is a weak one',
      half({ etag: 'W/"v1"' }),
      (response: ServerResponse, request: IncomingMessage) => void response.end(request.headers.range ?? 'new file'),
    ],
  ])('starts again when %s', async (_, first, then) => {
    const { url } = await rig.serveInTurn(first, then);
    expect((await rig.get(url)).text).toBe('new file');
  });

  it('counts all its parts against the limit', async () => {
    const { url } = await rig.serveInTurn(
      half({ etag: '"v1"' }),
      (response) => void response.writeHead(206, { 'content-range': 'bytes 4-7/8' }).end('4567'),
    );
    await expect(rig.get(url, { maxBytes: 7 })).rejects.toMatchObject({ code: 'E_FETCH_SIZE' });
  });
});

describe('mirrors', () => {
  it('replace the longest matching prefix, on whole path segments', async () => {
    const base = await rig.serve((response, request) => void response.end(request.url));
    const mirrors = [
      { from: 'https://charts.example', to: `${base}/all` },
      { from: 'https://charts.example/stable/', to: `${base}/stable-mirror/` },
    ];
    // The mirror is allowed although it is private: whoever configured it chose it.
    const texts = ['/x?v=1', '/stable/a/b.tgz', '/stable-old/c'].map(
      async (path) => (await rig.get(`https://charts.example${path}`, {}, { mirrors, allowPrivate: false })).text,
    );
    expect(await Promise.all(texts)).toEqual(['/all/x?v=1', '/stable-mirror/a/b.tgz', '/all/stable-old/c']);
  });

  it('do not receive the headers that were meant for the original', async () => {
    const { url, requests } = await rig.serveInTurn(good);
    await rig.get(
      'https://charts.example/x',
      { headers: { authorization: 'secret' } },
      { mirrors: [{ from: 'https://charts.example', to: url }] },
    );
    expect(requests[0]?.headers.authorization).toBeUndefined();
  });

  it('may be plain directories', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'forge-mirror-'));
    try {
      await mkdir(join(directory, 'sub'));
      await writeFile(join(directory, 'sub/a b.txt'), 'good');
      await symlink('/etc', join(directory, 'out'));
      const fetchFrom = (path: string, to: string, options = {}) =>
        rig.get(`https://files.example${path}`, options, { mirrors: [{ from: 'https://files.example', to }] });
      expect((await fetchFrom('/sub/a%20b.txt', directory)).text).toBe('good');
      expect(
        (await fetchFrom('/sub/a%20b.txt', pathToFileURL(directory).href, { sha256: digestOf('good') })).text,
      ).toBe('good');
      await expect(fetchFrom('/missing', directory)).rejects.toMatchObject({ code: 'E_FETCH_FILE' });
      await expect(fetchFrom('/sub', directory)).rejects.toMatchObject({ code: 'E_FETCH_FILE' });
      await expect(fetchFrom('/out/passwd', directory)).rejects.toMatchObject({ code: 'E_FILE_OUTSIDE' });
      await expect(fetchFrom('/%2e%2e%2fx', directory)).rejects.toMatchObject({ code: 'E_FILE_OUTSIDE' });
      await expect(fetchFrom('/sub/a%20b.txt', directory, { maxBytes: 3 })).rejects.toMatchObject({
        code: 'E_FETCH_SIZE',
      });
      await expect(fetchFrom('/sub/a%20b.txt', directory, { sha256: digestOf('x') })).rejects.toMatchObject({
        code: 'E_FETCH_CHECKSUM',
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('what was asked', () => {
  it.each([
    '',
    'not a url',
    'ftp://example.com/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '/etc/passwd',
    'http://',
  ])('is refused when it is %j', async (url) => {
    await expect(rig.get(url)).rejects.toMatchObject({ code: 'E_FETCH_URL', exit: 3 });
  });

  it('ends on abort with its reason, also in the middle of a body', async () => {
    const controller = new AbortController();
    const { url } = await rig.serveInTurn((response) => void response.writeHead(200).write('x'));
    const options = { maxBytes: 100, onProgress: () => controller.abort(new Error('enough')) };
    await expect(rig.fetcher().get(url, options, { ...rig.ctx, signal: controller.signal })).rejects.toThrow('enough');
  });
});
