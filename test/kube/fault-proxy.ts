import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKubeconfig, type Access } from '@cluster-forge/kube/cluster/kubeconfig';

/** What the proxy sees of a request before it decides. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly isWatch: boolean;
}

/** What goes wrong with one request. */
export type Fault =
  /** The proxy answers by itself; the API server sees nothing. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection is reset before the API server sees anything. */
  | { readonly kind: 'reset' }
  /** The API server carries the request out; its answer is lost. */
  | { readonly kind: 'lose-answer' }
  /** The answer ends in proper HTTP after half of its bytes. */
  | { readonly kind: 'truncate' }
  /** The connection is reset after so many bytes of the body, mid-line as it happens. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Nothing more is sent after so many bytes, and the connection stays open. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** A watch is told that its resourceVersion is gone, inside the stream, after so many bytes of whole lines. */
  | { readonly kind: 'gone-event'; readonly afterBytes: number }
  /** Every line of a watch comes twice. */
  | { readonly kind: 'duplicate' }
  /** The body comes in pieces of three bytes. */
  | { readonly kind: 'drip' };

export interface FaultProxy {
  /** Kubeconfig of the way through the proxy. */
  readonly kubeconfig: string;
  /** Faults that were played, by kind. */
  readonly played: ReadonlyMap<string, number>;
  /** Decides for each request; undefined lets it through. */
  decide(choose: (seen: Seen) => Fault | undefined): void;
  close(): Promise<void>;
}

/** A reverse proxy on loopback in front of a real API server. It speaks plain HTTP and adds the credentials of the real kubeconfig. */
export async function startFaultProxy(kubeconfig: string): Promise<FaultProxy> {
  const access = await readKubeconfig({ kubeconfig, env: {} });
  const played = new Map<string, number>();
  let choose: (seen: Seen) => Fault | undefined = () => undefined;
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const fault = choose({ method: request.method ?? 'GET', path, isWatch: /[?&]watch=1/.test(path) });
    if (fault !== undefined) played.set(fault.kind, (played.get(fault.kind) ?? 0) + 1);
    serve({ access, request, response, fault });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const folder = await mkdtemp(join(tmpdir(), 'forge-fault-proxy-'));
  const path = join(folder, 'kubeconfig');
  await writeFile(path, proxyKubeconfig(port));
  return {
    kubeconfig: path,
    played,
    decide: (next) => void (choose = next),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}

interface Exchange {
  readonly access: Access;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: Fault | undefined;
}

function serve({ access, request, response, fault }: Exchange): void {
  if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
  if (fault?.kind === 'answer') return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
  const url = new URL(access.server + (request.url ?? '/'));
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const token = access.user.kind === 'token' ? { authorization: `Bearer ${access.user.token}` } : {};
  const { ca, cert, key, insecure } = access.tls;
  const upstream = send(url, {
    method: request.method,
    headers: { ...headers, ...token },
    ca,
    cert,
    key,
    rejectUnauthorized: !insecure,
    agent: false,
  });
  upstream.on('response', (answer) => relay(answer, { access, request, response, fault }));
  upstream.on('error', () => response.destroy());
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

const gone = {
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'too old resource version',
    reason: 'Expired',
    code: 410,
  },
};

function relay(answer: IncomingMessage, { request, response, fault }: Exchange): void {
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = answer.headers;
  if (fault?.kind === 'lose-answer') return void answer.resume().on('end', () => request.socket.resetAndDestroy());
  if (fault?.kind === 'truncate') {
    truncate(answer, response, headers);
    return;
  }
  response.writeHead(answer.statusCode ?? 502, headers);
  response.flushHeaders();
  if (fault === undefined) return void answer.pipe(response);
  const damaged = damage({ fault, response, reset: () => request.socket.resetAndDestroy() });
  answer.on('data', (chunk: Buffer) => damaged.take(chunk));
  answer.on('end', () => damaged.end());
}

interface Damage {
  readonly fault: Fault;
  readonly response: ServerResponse;
  readonly reset: () => void;
}

/** Passes a body on, with its fault. */
function damage({ fault, response, reset }: Damage): { take(chunk: Buffer): void; end(): void } {
  let sent = 0;
  let rest = '';
  const plays: Partial<Record<Fault['kind'], (chunk: Buffer) => void>> = {
    drip: (chunk) => {
      for (let at = 0; at < chunk.length; at += 3) response.write(chunk.subarray(at, at + 3));
    },
    duplicate: (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) response.write(`${line}\n${line}\n`);
    },
    'gone-event': (chunk) => {
      response.write(chunk);
      if (sent + chunk.length >= afterBytes && chunk.at(-1) === 10) response.end(`${JSON.stringify(gone)}\n`);
    },
    cut: (chunk) => {
      passUntil(chunk);
      if (sent + chunk.length >= afterBytes) setImmediate(reset);
    },
    stall: (chunk) => passUntil(chunk),
  };
  const afterBytes = 'afterBytes' in fault ? fault.afterBytes : 0;
  const passUntil = (chunk: Buffer) => sent < afterBytes && response.write(chunk.subarray(0, afterBytes - sent));
  return {
    take(chunk) {
      if (!response.writableEnded) plays[fault.kind]?.(chunk);
      sent += chunk.length;
    },
    end() {
      if (fault.kind !== 'stall') response.end(rest);
    },
  };
}

function truncate(answer: IncomingMessage, response: ServerResponse, headers: IncomingMessage['headers']): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.on('end', () => {
    const body = Buffer.concat(chunks);
    response.writeHead(answer.statusCode ?? 502, headers).end(body.subarray(0, body.length >> 1));
  });
}

function proxyKubeconfig(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'proxy',
    clusters: [{ name: 'proxy', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy' } }],
  });
}
