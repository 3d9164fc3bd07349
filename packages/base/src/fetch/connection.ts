import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { judgeAddresses, type Resolve } from './resolve.ts';

export interface Timeouts {
  /** Name lookup, TCP and TLS together. Default 10,000. */
  readonly connectMs: number;
  /** Until the first byte of the answer. Default 30,000. */
  readonly answerMs: number;
  /** Between two pieces of the body. Default 30,000. */
  readonly stallMs: number;
}

export const defaultTimeouts: Timeouts = { connectMs: 10_000, answerMs: 30_000, stallMs: 30_000 };

/**
 * Makes a pool of connections. The addresses of a name are looked up once, judged, and then connected to: a second, different answer of a hostile name
 * server is never asked for.
 */
export function openConnections(guarded: boolean, timeouts: Timeouts, resolve: Resolve): Dispatcher {
  const connector = buildConnector({ timeout: timeouts.connectMs, lookup: judgedLookup(guarded, resolve) });
  const connect: buildConnector.connector = (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    // Addresses written as numbers are never looked up, so they are judged here.
    const refusal = guarded && isIP(host) !== 0 ? refusalOf(host) : undefined;
    if (refusal !== undefined) return callback(refusal, null);
    return connector(options, callback);
  };
  return new Agent({ connect, headersTimeout: timeouts.answerMs, bodyTimeout: timeouts.stallMs });
}

function judgedLookup(guarded: boolean, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    const answer = async () => {
      const judged = await judgedAddresses(hostname, guarded, resolve).catch((error: NodeJS.ErrnoException) => error);
      if (judged instanceof Error) callback(judged, '');
      else if (options.all === true) callback(null, [...judged]);
      else callback(null, judged[0].address, judged[0].family);
    };
    void answer();
  };
}

/** One name, one question. */
async function judgedAddresses(
  hostname: string,
  guarded: boolean,
  resolve: Resolve,
): Promise<readonly [LookupAddress, ...LookupAddress[]]> {
  const addresses = await resolve(hostname);
  if (guarded) judgeAddresses(hostname, addresses);
  const [first, ...rest] = addresses;
  if (first === undefined) throw Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
  return [first, ...rest];
}

function refusalOf(address: string): Error | undefined {
  try {
    judgeAddresses(address, [{ address, family: isIP(address) }]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : undefined;
  }
}
