import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Context } from '../context.ts';
import type { Event } from '../event.ts';
import { createFetcher, type FetcherOptions } from './create-fetcher.ts';
import type { FetchAnswer, FetchOptions, Fetcher } from './fetch.ts';

export type Reply = (response: ServerResponse, request: IncomingMessage) => void;

/** What tests of the fetcher share: servers on loopback, and a context that records instead of waiting. */
export interface FetchRig {
  readonly ctx: Context;
  readonly events: Event[];
  /** Every wait that was asked for, in milliseconds. */
  readonly waits: number[];
  /** A server under a port of its own. */
  serve(reply: Reply): Promise<string>;
  /** Serves the answers one after the other, the last one for ever, and notes the requests. */
  serveInTurn(
    ...answers: readonly Reply[]
  ): Promise<{ readonly url: string; readonly requests: readonly IncomingMessage[] }>;
  fetcher(options?: FetcherOptions): Fetcher;
  get(
    url: string,
    options?: Partial<FetchOptions>,
    more?: FetcherOptions,
  ): Promise<FetchAnswer & { readonly text: string }>;
  close(): Promise<void>;
}

export function fetchRig(): FetchRig {
  const servers: Server[] = [];
  const events: Event[] = [];
  const waits: number[] = [];
  const ctx: Context = {
    signal: new AbortController().signal,
    host: { emit: (event) => void events.push(event), ask: () => Promise.reject(new Error('nobody')) },
    clock: { now: () => Date.parse('2026-01-01T00:00:00Z'), sleep: async (ms) => void waits.push(ms) },
  };
  const serve = async (reply: Reply) => {
    const server = createServer((request, response) => reply(response, request));
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  };
  const fetcher = (options: FetcherOptions = {}) =>
    createFetcher({ allowPrivate: true, random: () => 0.5, ...options });
  return {
    ctx,
    events,
    waits,
    serve,
    fetcher,
    serveInTurn: async (...answers) => {
      const requests: IncomingMessage[] = [];
      const origin = await serve((response, request) => {
        requests.push(request);
        answers[Math.min(requests.length, answers.length) - 1]?.(response, request);
      });
      return { url: `${origin}/file`, requests };
    },
    get: async (url, options = {}, more = {}) => {
      const answer = await fetcher(more).get(url, { maxBytes: 1_000_000, ...options }, ctx);
      return { ...answer, text: Buffer.from(answer.body).toString() };
    },
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

export function status(code: number, headers: Readonly<Record<string, string | number>> = {}): Reply {
  return (response) => void response.writeHead(code, headers).end();
}

export const good: Reply = (response) => void response.end('good');

export const endless: Reply = (response) => {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', more);
  more();
};
