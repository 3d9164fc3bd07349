import { isObject } from '@cluster-forge/base';
import type { FetchAnswer, FetchOptions } from '@cluster-forge/base/fetch/fetch';
import type { Digest } from '@cluster-forge/base/hash';
import { mineErrors } from '../errors.ts';
import type { MineContext } from '../source-kind.ts';
import { parseChallenge, type Challenge } from './challenge.ts';
import { credentialsFor } from './credentials.ts';
import { parseJson } from './parse-json.ts';
import type { Reference } from './reference.ts';

/** One repository of a registry, for reading: the part of the OCI distribution specification 1.1 that charts need. */
export interface Registry {
  /** GET below the repository, such as `manifests/1.0.0`; logs in when asked to. */
  get(path: string, options: FetchOptions): Promise<FetchAnswer>;
  tags(): Promise<readonly string[]>;
  /** Address of a blob with the headers it needs. */
  blob(digest: Digest): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }>;
}

const maxTagPages = 100;
const maxAnswerBytes = 4 * 1024 * 1024;

/** Opens a repository. Throws E_MINE_REGISTRY when it refuses access, E_FETCH_* when it cannot be reached. */
export function openRegistry(reference: Reference, ctx: MineContext): Registry {
  const base = `${reference.origin}/v2/${reference.repository}/`;
  let authorization: Readonly<Record<string, string>> = {};

  const getUrl = async (url: string, options: FetchOptions): Promise<FetchAnswer> => {
    const ask = () =>
      ctx.fetch.get(
        url,
        {
          ...options,
          accept: [401, 403, ...(options.accept ?? [])],
          headers: { ...options.headers, ...authorization },
        },
        ctx,
      );
    const first = await ask();
    if (first.status !== 401) return allowed(first, reference);
    authorization = await logIn(first, reference, ctx);
    return allowed(await ask(), reference);
  };

  return {
    get: (path, options) => getUrl(base + path, options),
    tags: async () => {
      const tags: string[] = [];
      let url: string | undefined = `${base}tags/list?n=1000`;
      for (let page = 0; url !== undefined && page < maxTagPages; page += 1) {
        const answer = await getUrl(url, { maxBytes: maxAnswerBytes, accept: [404] });
        if (answer.status === 404) return tags;
        tags.push(...tagsOf(answer.body));
        url = nextPage(answer, url);
      }
      return tags;
    },
    blob: async (digest) => {
      const url = `${base}blobs/${digest}`;
      // Logging in needs a challenge; a HEAD request gets one without moving the blob.
      await getUrl(url, { method: 'HEAD', maxBytes: maxAnswerBytes, accept: [404, 405] });
      return { url, headers: authorization };
    },
  };
}

async function logIn(answer: FetchAnswer, reference: Reference, ctx: MineContext) {
  const challenge = parseChallenge(answer.headers['www-authenticate'] ?? '');
  const credentials = await credentialsFor(reference.host, ctx.dockerConfig, ctx);
  const basic =
    credentials === undefined
      ? undefined
      : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  if (challenge?.scheme === 'basic' && basic !== undefined) return { authorization: basic };
  if (challenge?.scheme !== 'bearer') throw refused(reference, 'it wants a user and a password');
  const url = tokenUrl(challenge, reference);
  const headers = basic === undefined ? {} : { authorization: basic };
  const token = await ctx.fetch.get(url, { maxBytes: maxAnswerBytes, headers, accept: [400, 401, 403] }, ctx);
  const text = token.status === 200 ? tokenOf(token.body) : undefined;
  if (text === undefined) throw refused(reference, `its token server answered ${token.status}`);
  return { authorization: `Bearer ${text}` };
}

/** The realm comes from the registry: it may name another host, but credentials must not leave encryption. */
function tokenUrl({ parameters }: Challenge, reference: Reference): string {
  const url = URL.parse(parameters['realm'] ?? '');
  const isSafe = url?.protocol === 'https:' || reference.origin.startsWith('http:');
  if (url === null || !isSafe) throw refused(reference, `it names no safe token server: ${parameters['realm']}`);
  if (parameters['service'] !== undefined) url.searchParams.set('service', parameters['service']);
  url.searchParams.set('scope', parameters['scope'] ?? `repository:${reference.repository}:pull`);
  return url.href;
}

function tokenOf(body: Uint8Array): string | undefined {
  const answer = parseJson(body);
  if (!isObject(answer)) return undefined;
  const token = answer['token'] ?? answer['access_token'];
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function tagsOf(body: Uint8Array): readonly string[] {
  const answer = parseJson(body);
  const tags = isObject(answer) ? answer['tags'] : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

/** Pages are linked as RFC 8288 says; a link to another host is not followed. */
function nextPage(answer: FetchAnswer, current: string): string | undefined {
  const target = /<([^>]+)>\s*;\s*rel="?next"?/.exec(answer.headers['link'] ?? '')?.[1];
  if (target === undefined) return undefined;
  const url = new URL(target, current);
  return url.origin === new URL(current).origin && url.href !== current ? url.href : undefined;
}

function allowed(answer: FetchAnswer, reference: Reference): FetchAnswer {
  if (answer.status === 401 || answer.status === 403) throw refused(reference, `it answered ${answer.status}`);
  return answer;
}

function refused(reference: Reference, why: string): Error {
  return mineErrors.E_MINE_REGISTRY({
    what: `the registry ${reference.host} refuses access to ${reference.repository}`,
    why,
    fix: `check the address; for a private chart log in with \`helm registry login ${reference.host}\` or \`docker login\``,
  });
}
