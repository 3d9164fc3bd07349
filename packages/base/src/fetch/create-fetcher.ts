import type { Dispatcher } from 'undici';
import type { Context } from '../context.ts';
import type { Timeouts } from './connection.ts';
import type { Credential } from './credentials.ts';
import { fetchErrors } from './errors.ts';
import { httpExchange, type Exchange } from './exchange.ts';
import type { Fetcher, FetchOptions, Sink } from './fetch.ts';
import { readMirror } from './file-exchange.ts';
import { targetOf, type Mirror } from './mirror.ts';
import type { Resolve } from './resolve.ts';
import { defaultRetryPolicy, withRetries, type RetryPolicy } from './retry.ts';
import { showUrl } from './show-url.ts';
import { transfer, type Transferred } from './transfer.ts';

export interface FetcherOptions {
  readonly mirrors?: readonly Mirror[];
  /** Hosts (`name` or `name:port`) that may have private addresses, or true for all. Hosts of mirrors always may: whoever runs the command chose them. */
  readonly allowPrivate?: boolean | readonly string[];
  readonly credentials?: readonly Credential[];
  readonly retry?: Partial<RetryPolicy>;
  readonly timeouts?: Partial<Timeouts>;
  /** Name lookup; default the operating system's. */
  readonly resolve?: Resolve;
  /** Source of jitter; default Math.random. */
  readonly random?: () => number;
}

/**
 * Makes the way out. Nothing is loaded or opened before the first request; idle connections do not keep the process alive.
 *
 * Repeated with full jitter: 408, 425, 429, 500, 502, 503, 504 (Retry-After is obeyed), cut and refused connections, timeouts, truncated answers. Not
 * repeated: other statuses, unknown names, certificates, wrong checksums, answers that are too long, refused addresses.
 */
export function createFetcher(options: FetcherOptions = {}): Fetcher {
  const mirrors = options.mirrors ?? [];
  const exchange = routed(
    mirrors,
    httpExchange({ connections: connectionsFor(options), credentials: options.credentials ?? [] }),
  );
  const fetch = (url: string, request: FetchOptions, sink: Sink, ctx: Context): Promise<Transferred> => {
    const attempt = transfer(exchange, parseHttpUrl(url), request, sink);
    const ports = { random: options.random ?? Math.random, onRetry: tellRetry(url, ctx) };
    return withRetries({ ...defaultRetryPolicy, ...options.retry }, ports, ctx, () => attempt(ctx));
  };
  return {
    get: async (url, request, ctx) => {
      const sink = memorySink();
      const { status, headers, url: final } = await fetch(url, request, sink, ctx);
      return { status, headers, url: final, body: sink.bytes() };
    },
    download: async (url, { accept: _accept, ...request }, sink, ctx) => {
      const { digest, sizeBytes, url: final } = await fetch(url, request, sink, ctx);
      return { digest, sizeBytes, url: final };
    },
  };
}

/** A sink that keeps everything; for answers whose limit is small. */
export function memorySink(): Sink & { readonly bytes: () => Uint8Array } {
  let chunks: Uint8Array[] = [];
  return {
    restart: async () => {
      chunks = [];
    },
    write: async (chunk) => {
      chunks.push(chunk);
    },
    close: async () => undefined,
    bytes: () => Buffer.concat(chunks),
  };
}

function routed(mirrors: readonly Mirror[], http: Exchange): Exchange {
  return async (url, request, range, ctx) => {
    const target = targetOf(url, mirrors);
    if (target.kind === 'file') return readMirror(target.directory, target.name);
    // Headers are meant for the origin that the caller named, so a mirror does not get them.
    const { headers: _headers, ...bare } = request;
    return http(target.url, target.mirrored && target.url.origin !== url.origin ? bare : request, range, ctx);
  };
}

function connectionsFor(options: FetcherOptions): (url: URL) => Promise<Dispatcher> {
  const allowed = options.allowPrivate ?? false;
  const mirrorHosts = (options.mirrors ?? []).flatMap(({ to }) => (URL.canParse(to) ? [new URL(to).host] : []));
  const isAllowed = (url: URL) =>
    mirrorHosts.includes(url.host) ||
    (typeof allowed === 'boolean' ? allowed : allowed.includes(url.host) || allowed.includes(url.hostname));
  const pools = new Map<boolean, Promise<Dispatcher>>();
  const open = async (guarded: boolean) => {
    // Loaded with the first request: most commands make none.
    const [{ openConnections, defaultTimeouts }, { resolveBySystem }] = await Promise.all([
      import('./connection.ts'),
      import('./resolve.ts'),
    ]);
    return openConnections(guarded, { ...defaultTimeouts, ...options.timeouts }, options.resolve ?? resolveBySystem);
  };
  return (url) => {
    const guarded = !isAllowed(url);
    const pool = pools.get(guarded) ?? open(guarded);
    pools.set(guarded, pool);
    return pool;
  };
}

function parseHttpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw fetchErrors.E_FETCH_URL({
    what: `cannot fetch ${JSON.stringify(showUrl(text))}`,
    why: url === undefined ? 'it is not a URL' : `${url.protocol} addresses are not fetched`,
    fix: 'write an address that begins with https://',
    where: { file: showUrl(text) },
  });
}

function tellRetry(url: string, ctx: Context) {
  return (error: unknown, tries: number, delayMs: number): void => {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `try ${tries} failed (${reason}); next in ${(delayMs / 1000).toFixed(1)} s`;
    ctx.host.emit({
      kind: 'note',
      at: ctx.clock.now(),
      level: 'info',
      text,
      data: { url: showUrl(url), tries, delayMs },
    });
  };
}
