import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchRig, good, status, type FetchRig } from './fetch-rig.ts';

let rig: FetchRig;
beforeEach(() => {
  rig = fetchRig();
});
afterEach(() => rig.close());

describe('redirects', () => {
  const to = (location: string) => (response: ServerResponse) => void response.writeHead(302, { location }).end();

  it.each([301, 302, 303, 307, 308])('with status %d are followed', async (code) => {
    const { url } = await rig.serveInTurn(
      status(code, { location: 'next?a=b' }),
      (response, request) => void response.end(request.url),
    );
    expect(await rig.get(url)).toMatchObject({ text: '/next?a=b', url: expect.stringMatching(/\/next\?a=b$/) });
  });

  it.each([
    ['a circle', '/file', /more than 5/],
    ['a file', 'file:///etc/passwd', /file: address/],
    ['another protocol', 'ftp://example.com/', /ftp: address/],
    ['nonsense', 'http://[', /not a URL/],
  ])('into %s are refused', async (_, location, why) => {
    const { url } = await rig.serveInTurn(to(location));
    await expect(rig.get(url)).rejects.toMatchObject({
      code: 'E_FETCH_REDIRECT',
      problem: { why: expect.stringMatching(why) },
    });
  });

  it('to an address that is not allowed are refused', async () => {
    const inner = await rig.serve(good);
    const { url } = await rig.serveInTurn(to(inner));
    await expect(rig.get(url, {}, { allowPrivate: [new URL(url).host] })).rejects.toMatchObject({
      code: 'E_FETCH_ADDRESS',
    });
  });

  it('leave credentials and headers behind when they leave the origin, also for the way back', async () => {
    const seen: IncomingMessage[] = [];
    const other = await rig.serve((response, request) => {
      seen.push(request);
      response.writeHead(302, { location: home.url.replace('/file', '/back') }).end();
    });
    const home = await rig.serveInTurn(
      to('/same-origin'),
      to(`${other.replace('http://', 'http://evil:creds@')}/x`),
      good,
    );
    await rig.get(home.url, { headers: { 'X-Token': 'h-secret', Authorization: 'a-secret' } });
    expect(home.requests.map(({ headers }) => [headers['x-token'], headers.authorization])).toEqual([
      ['h-secret', 'a-secret'],
      ['h-secret', 'a-secret'],
      [undefined, undefined],
    ]);
    expect([seen[0]?.headers['x-token'], seen[0]?.headers.authorization]).toEqual([undefined, undefined]);
  });
});

describe('credentials', () => {
  const echo = (response: ServerResponse, request: IncomingMessage) =>
    void response.end(request.headers.authorization ?? 'none');
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it('go where their prefix says, the longest first, and nowhere else', async () => {
    const { url } = await rig.serveInTurn(echo);
    const origin = new URL(url).origin;
    const credentials = [
      { prefix: origin, username: 'all', password: 'pw' },
      { prefix: `${origin}/team`, token: 'team-token' },
      { prefix: 'https://elsewhere.example', token: 'other' },
    ];
    const texts = ['/file', '/team', '/team/x', '/teams'].map(
      async (path) => (await rig.get(origin + path, {}, { credentials })).text,
    );
    expect(await Promise.all(texts)).toEqual([
      basic('all:pw'),
      'Bearer team-token',
      'Bearer team-token',
      basic('all:pw'),
    ]);
  });

  it('in the URL are used but never shown', async () => {
    const { url } = await rig.serveInTurn(echo);
    const answer = await rig.get(url.replace('http://', 'http://me:p%40ss@'));
    expect(answer.text).toBe(basic('me:p@ss'));
    expect(answer.url).toBe(url);
  });

  it('appear in no error and no event', async () => {
    const { url } = await rig.serveInTurn(status(500));
    const secretUrl = `${url.replace('http://', 'http://user:canary-1@')}?X-Amz-Signature=canary-2&access_token=canary-3&page=2#canary-4`;
    const credentials = [{ prefix: url, username: 'u', password: 'canary-5' }];
    const failure: unknown = await rig
      .get(secretUrl, { headers: { authorization: 'canary-6' } }, { credentials })
      .catch((error: unknown) => error);
    const shown = JSON.stringify([rig.events, failure, String(failure), failure instanceof Error ? failure.stack : '']);
    expect(shown).toContain('page=2');
    expect(shown).not.toContain('canary');
  });
});
