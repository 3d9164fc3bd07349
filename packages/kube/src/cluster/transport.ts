import type { Context } from '@cluster-forge/base';
import type { Dispatcher } from 'undici';
import { credentialsOf } from './credentials.ts';
import type { Access } from './kubeconfig.ts';

/** One request to the API server. Bodies are text as it goes over the wire. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
  readonly warnings: readonly string[];
  /** The server's own clock. */
  readonly date: string | undefined;
}

/** One try of one request: no retries, no meaning of statuses. Rejects with the network's own error. */
export interface Transport {
  send(request: ApiRequest, ctx: Context): Promise<ApiAnswer>;
  /** Answers without waiting for the end of the body. `idleMs` without a byte ends the body with an error. */
  open(request: ApiRequest, idleMs: number, ctx: Context): Promise<OpenAnswer>;
  close(): Promise<void>;
}

export interface OpenAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> & { text(): Promise<string> };
}

export interface TransportOptions {
  /** Limit for the headers of an answer, and for each pause within a body. */
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

/** A pool of keep-alive connections to the server of `access`. Throws E_KUBECONFIG_AUTH. */
export async function createTransport(access: Access, options: TransportOptions): Promise<Transport> {
  const { credentials, tls } = await credentialsOf(access);
  const { dispatcher, prefix } = await createPool(access, tls, options);
  const request = async (wanted: ApiRequest, bodyTimeout: number, ctx: Context): Promise<Dispatcher.ResponseData> => {
    const send = async () =>
      dispatcher.request({
        origin: new URL(access.server).origin,
        method: wanted.method,
        path: prefix + wanted.path,
        headers: headersOf(wanted, await credentials.authorization(ctx.clock.now())),
        body: wanted.body ?? null,
        signal: ctx.signal,
        headersTimeout: options.requestTimeoutMs,
        bodyTimeout,
      });
    const answer = await send();
    if (answer.statusCode !== 401 || !credentials.renew()) return answer;
    await answer.body.dump();
    return send();
  };
  return {
    async send(wanted, ctx) {
      const { statusCode, headers, body } = await request(wanted, options.requestTimeoutMs, ctx);
      const text = await body.text();
      return {
        status: statusCode,
        body: text,
        retryAfter: first(headers['retry-after']),
        warnings: warningsOf(headers['warning']),
        date: first(headers['date']),
      };
    },
    async open(wanted, idleMs, ctx) {
      const { statusCode, body } = await request(wanted, idleMs, ctx);
      return { status: statusCode, body };
    },
    close: () => dispatcher.destroy(),
  };
}

/** undici costs 60 ms to load, so only those who connect pay. */
async function createPool(access: Access, tls: Access['tls'], { connectTimeoutMs }: TransportOptions) {
  const { Pool, ProxyAgent } = await import('undici');
  const { origin, pathname } = new URL(access.server);
  const connect = {
    timeout: connectTimeoutMs,
    rejectUnauthorized: !tls.insecure,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
  const keep = { keepAliveTimeout: 60_000, pipelining: 1, allowH2: false };
  const dispatcher: Dispatcher =
    access.proxyUrl === undefined
      ? new Pool(origin, { connect, ...keep })
      : new ProxyAgent({ uri: access.proxyUrl, requestTls: connect, ...keep });
  return { dispatcher, prefix: pathname.replace(/\/+$/, '') };
}

function headersOf({ accept, contentType }: ApiRequest, authorization: string | undefined): Record<string, string> {
  return {
    accept: accept ?? 'application/json',
    'user-agent': 'cluster-forge',
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(authorization === undefined ? {} : { authorization }),
  };
}

/** Texts of `299 - "..."` warnings, which the API server sends for deprecated APIs and unknown fields. */
function warningsOf(header: string | string[] | undefined): readonly string[] {
  const lines = header === undefined ? [] : [header].flat();
  return lines.flatMap((line) =>
    [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1')),
  );
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
