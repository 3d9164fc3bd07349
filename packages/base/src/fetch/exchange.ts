import type { Dispatcher } from 'undici';
import type { Context } from '../context.ts';
import { authorizationFor, type Credential } from './credentials.ts';
import { fetchErrors } from './errors.ts';
import type { FetchOptions } from './fetch.ts';
import { showUrl } from './show-url.ts';

/** The answer of one request, redirects already followed; its body not yet read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  readonly url: URL;
  /** First byte of the file that the body holds: 0, or where a range begins. */
  readonly continuesAt: number;
  /** Length of the body where the server tells. */
  readonly length: number | undefined;
  /** Ends the connection of a body that nobody wants. */
  readonly discard: () => void;
}

export interface Range {
  readonly from: number;
  /** Strong ETag of the bytes at hand. */
  readonly validator: string;
}

/** Asks once. Throws what the connection throws; statuses are for the caller to judge. */
export type Exchange = (url: URL, options: FetchOptions, range: Range | undefined, ctx: Context) => Promise<Answer>;

export interface ExchangePorts {
  /** The connections for a URL: guarded, or open for hosts that are allowed. */
  readonly connections: (url: URL) => Promise<Dispatcher>;
  readonly credentials: readonly Credential[];
}

const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Follows at most five redirects, each judged like the first address. Headers of the caller and its credentials stay with the first origin. */
export function httpExchange(ports: ExchangePorts): Exchange {
  return async (first, options, range, ctx) => {
    let url = first;
    let own = true;
    for (let hops = 0; ; hops += 1) {
      const answer = await ask(ports, url, { options, range, own, signal: ctx.signal });
      const location = answer.headers['location'];
      if (!redirects.has(answer.status) || location === undefined || (options.accept ?? []).includes(answer.status))
        return answer;
      answer.discard();
      const next = nextUrl(url, location, hops);
      own &&= next.origin === first.origin;
      url = next;
    }
  };
}

interface Asked {
  readonly options: FetchOptions;
  readonly range: Range | undefined;
  /** False once a redirect has left the origin that the caller named. */
  readonly own: boolean;
  readonly signal: AbortSignal;
}

async function ask(ports: ExchangePorts, url: URL, { options, range, own, signal }: Asked): Promise<Answer> {
  const dispatcher = await ports.connections(url);
  const authorization = authorizationFor(url, ports.credentials);
  const { statusCode, headers, body } = await dispatcher.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: options.method ?? 'GET',
    signal,
    headers: {
      'user-agent': 'cluster-forge',
      // Bytes are pinned as they lie on the server, so nobody may compress them on the way.
      'accept-encoding': 'identity',
      ...(authorization === undefined ? {} : { authorization }),
      ...(own ? lowerCase(options.headers ?? {}) : {}),
      ...(range === undefined ? {} : { range: `bytes=${range.from}-`, 'if-range': range.validator }),
    },
  });
  const known = plainHeaders(headers);
  return {
    status: statusCode,
    headers: known,
    body,
    url,
    continuesAt: statusCode === 206 ? rangeStart(known['content-range']) : 0,
    length: known['content-length'] === undefined ? undefined : Number(known['content-length']),
    discard: () => {
      body.on('error', () => undefined).destroy();
    },
  };
}

function nextUrl(from: URL, location: string, hops: number): URL {
  const refuse = (why: string) =>
    fetchErrors.E_FETCH_REDIRECT({
      what: `will not follow the redirect of ${showUrl(from)}`,
      why,
      fix: 'use the final address of the file',
      where: { file: showUrl(from) },
    });
  if (hops >= maxRedirects) throw refuse(`there were more than ${maxRedirects} redirects`);
  if (!URL.canParse(location, from.href)) throw refuse('its target is not a URL');
  const next = new URL(location, from);
  // A server cannot lend us credentials; what it writes there is only ever confusing.
  next.username = '';
  next.password = '';
  if (next.protocol !== 'https:' && next.protocol !== 'http:') throw refuse(`its target is a ${next.protocol} address`);
  if (from.protocol === 'https:' && next.protocol === 'http:')
    throw refuse(`it leads from https to http (${showUrl(next)})`);
  return next;
}

function rangeStart(contentRange: string | undefined): number {
  const start = /^bytes (\d+)-/.exec(contentRange ?? '')?.[1];
  return start === undefined ? Number.NaN : Number(start);
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
