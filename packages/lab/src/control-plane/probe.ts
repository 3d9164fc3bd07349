import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { Json } from '@cluster-forge/base';
import type { KeyPair } from '../credentials/certificate.ts';

export interface ProbeAnswer {
  /** 0 when there was no answer; then `body` says why. */
  readonly status: number;
  readonly body: string;
}

/** Talks to an API server that may not listen yet, before anything that wants discovery can. Never rejects. */
export interface Probe {
  get(path: string): Promise<ProbeAnswer>;
  post(path: string, body: Json): Promise<ProbeAnswer>;
  close(): void;
}

/** Connections: enough to fill a small API server with node registrations. */
const maxSockets = 16;

/** A client with short patience. `authority` is PEM. */
export function openProbe(server: string, authority: string, client: KeyPair): Probe {
  const agent = new Agent({ keepAlive: true, maxSockets, ca: authority, cert: client.certificate, key: client.key });
  const ask = (method: 'GET' | 'POST', path: string, body?: Json) =>
    new Promise<ProbeAnswer>((resolve) => {
      const failed = (error: Error) => resolve({ status: 0, body: error.message });
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const asked = request(new URL(path, server), { agent, method, headers, timeout: 10_000 }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
        answer.on('error', failed);
      });
      asked.on('timeout', () => asked.destroy(new Error('no answer within 10 s')));
      asked.on('error', failed);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    close: () => agent.destroy(),
  };
}

/** A loopback port that was free a moment ago. Another program may take it first, which shows as a start that fails and is tried again. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
