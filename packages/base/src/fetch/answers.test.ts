import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../hash.ts';
import { memorySink } from './create-fetcher.ts';
import { endless, fetchRig, good, status, type FetchRig } from './fetch-rig.ts';

let rig: FetchRig;
beforeEach(() => {
  rig = fetchRig();
});
afterEach(() => rig.close());

describe('a good answer', () => {
  it('comes with status, headers, digest, size and progress', async () => {
    const { url } = await rig.serveInTurn(
      (response) => void response.writeHead(200, { 'content-length': 4, 'X-Two': ['a', 'b'] }).end('good'),
    );
    const answer = await rig.get(url);
    expect(answer).toMatchObject({
      status: 200,
      text: 'good',
      url,
      headers: { 'content-length': '4', 'x-two': 'a, b' },
    });
    const progress: unknown[] = [];
    const sink = memorySink();
    const options = {
      maxBytes: 4,
      sha256: digestOf('good'),
      onProgress: (...report: unknown[]) => void progress.push(report),
    };
    expect(await rig.fetcher().download(url, options, sink, rig.ctx)).toEqual({
      digest: digestOf('good'),
      sizeBytes: 4,
      url,
    });
    expect(progress.at(-1)).toEqual([4, 4]);
  });

  it('keeps the bytes as they lie on the server, also when it calls them compressed', async () => {
    const { url, requests } = await rig.serveInTurn(
      (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    );
    expect((await rig.get(url)).text).toBe('not gzip');
    expect(requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('of HEAD has no body, whatever length it announces', async () => {
    const { url } = await rig.serveInTurn(status(200, { 'content-length': 10_000_000_000 }));
    expect(await rig.get(url, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it.each([401, 404, 302])('may have the status %d when the caller accepts it', async (code) => {
    const { url } = await rig.serveInTurn(
      (response) => void response.writeHead(code, { location: '/elsewhere' }).end('body'),
    );
    expect(await rig.get(url, { accept: [code], sha256: digestOf('other') })).toMatchObject({
      status: code,
      text: 'body',
    });
  });
});

describe('a bad answer', () => {
  it.each([
    [400, 1],
    [401, 1],
    [403, 1],
    [404, 1],
    [410, 1],
    [501, 1],
    [408, 5],
    [425, 5],
    [429, 5],
    [500, 5],
    [502, 5],
    [503, 5],
    [504, 5],
  ])('with status %d is tried %d times', async (code, tries) => {
    const { url, requests } = await rig.serveInTurn(status(code));
    const problem = {
      what: expect.stringContaining(`${code} for ${url}`),
      why: expect.any(String),
      fix: expect.any(String),
      where: { file: url },
    };
    await expect(rig.get(url)).rejects.toMatchObject({ code: 'E_FETCH_STATUS', problem });
    expect(requests).toHaveLength(tries);
  });

  it('is repeated with growing rig.waits, told, and forgotten when the next one is good', async () => {
    const { url } = await rig.serveInTurn(status(500), status(503), status(502), good);
    expect((await rig.get(url)).text).toBe('good');
    expect(rig.waits).toEqual([125, 250, 500]);
    expect(rig.events).toHaveLength(3);
    expect(rig.events[0]).toMatchObject({
      kind: 'note',
      text: expect.stringContaining('try 1 failed'),
      data: { url, delayMs: 125 },
    });
  });

  it.each([
    ['7', [7000]],
    ['Thu, 01 Jan 2026 00:00:09 GMT', [9000]],
    ['Wed, 31 Dec 2025 00:00:00 GMT', [0]],
    ['soon', [125]],
  ])('with Retry-After %j is repeated after %j ms', async (value, expected) => {
    const { url } = await rig.serveInTurn(status(429, { 'retry-after': value }), good);
    await rig.get(url);
    expect(rig.waits).toEqual(expected);
  });

  it('that asks to wait too long is given up at once', async () => {
    const { url, requests } = await rig.serveInTurn(status(503, { 'retry-after': '3600' }));
    await expect(rig.get(url)).rejects.toMatchObject({ code: 'E_FETCH_STATUS' });
    expect([requests.length, rig.waits]).toEqual([1, []]);
  });

  it('with other bytes than pinned is refused before the sink is closed', async () => {
    const { url, requests } = await rig.serveInTurn(good);
    let closed = false;
    const sink = { ...memorySink(), close: async () => void (closed = true) };
    const download = rig.fetcher().download(url, { maxBytes: 100, sha256: digestOf('other') }, sink, rig.ctx);
    await expect(download).rejects.toMatchObject({
      code: 'E_FETCH_CHECKSUM',
      problem: { why: expect.stringContaining(digestOf('good')) },
    });
    expect([closed, requests.length]).toEqual([false, 1]);
  });

  it('that ends early is tried again from the start', async () => {
    const { url, requests } = await rig.serveInTurn(
      (response) => void response.writeHead(200, { 'content-length': 100 }).write('short', () => response.destroy()),
      good,
    );
    expect((await rig.get(url, { sha256: digestOf('good') })).text).toBe('good');
    expect(requests).toHaveLength(2);
  });

  it('that always ends early is a network error', async () => {
    const { url } = await rig.serveInTurn(
      (response) => void response.writeHead(200, { 'content-length': 100 }).write('short', () => response.destroy()),
    );
    await expect(rig.get(url)).rejects.toMatchObject({ code: 'E_FETCH_NETWORK' });
  });

  it.each([
    [
      'announces 10 GB',
      (response: ServerResponse) => void response.writeHead(200, { 'content-length': 10_000_000_000 }).write('x'),
      /announces 10000000000/,
    ],
    ['never ends', endless, /does not end/],
  ])('that %s is cut at the limit', async (_, answer, why) => {
    const { url, requests } = await rig.serveInTurn(answer);
    await expect(rig.get(url)).rejects.toMatchObject({
      code: 'E_FETCH_SIZE',
      problem: { why: expect.stringMatching(why) },
    });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['does not come', () => undefined],
    ['stalls', (response: ServerResponse) => void response.writeHead(200, { 'content-length': 100 }).write('x')],
  ])('that %s is a timeout', async (_, answer) => {
    const { url } = await rig.serveInTurn(answer);
    const timeouts = { answerMs: 50, stallMs: 50 };
    await expect(rig.get(url, {}, { timeouts, retry: { tries: 2 } })).rejects.toMatchObject({
      code: 'E_FETCH_TIMEOUT',
    });
    expect(rig.waits).toHaveLength(1);
  });

  it('from nobody is a network error after several tries', async () => {
    const url = await rig.serve(good);
    await rig.close();
    await expect(rig.get(url)).rejects.toMatchObject({
      code: 'E_FETCH_NETWORK',
      problem: { why: 'nobody listens there' },
    });
    expect(rig.waits).toHaveLength(4);
  });

  it('from a host that does not exist is not tried again', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    await expect(rig.get('http://nowhere.example/', {}, { resolve })).rejects.toMatchObject({
      code: 'E_FETCH_NETWORK',
      problem: { why: 'the host name is not known' },
    });
    expect(rig.waits).toEqual([]);
  });

  it('does not hide what the sink says', async () => {
    const { url } = await rig.serveInTurn(good);
    const full = {
      ...memorySink(),
      write: () => Promise.reject(Object.assign(new Error('disk full'), { code: 'ENOSPC' })),
    };
    await expect(rig.fetcher().download(url, { maxBytes: 100 }, full, rig.ctx)).rejects.toThrow('disk full');
  });
});
