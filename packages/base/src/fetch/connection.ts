import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { isPublicAddress } from './address.ts';
import { fetchErrors } from './errors.ts';

/** Finds all addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface Timeouts {
  /** Name lookup, TCP and TLS together. Default 10,000. */
  readonly connectMs: number;
  /** Until the first byte of the answer. Default 30,000. */
  readonly answerMs: number;
  /** Between two pieces of the body. Default 30,000. */
  readonly stallMs: number;
}

export const defaultTimeouts: Timeouts = { connectMs: 10_000, answerMs: 30_000, stallMs: 30_000 };

/** Asks the operating system, hosts file included. */
export const resolveBySystem: Resolve = (hostname) => systemLookup(hostname, { all: true });

/**
 * Makes a pool of connections. The addresses of a name are looked up once, judged, and then connected to: a second, different answer of a hostile name
 * server is never asked for.
 */
export function openConnections(guarded: boolean, timeouts: Timeouts, resolve: Resolve): Dispatcher {
  const connector = buildConnector({ timeout: timeouts.connectMs, lookup: judgedLookup(guarded, resolve) });
  const connect: buildConnector.connector = (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    // Addresses written as numbers are never looked up, so they are judged here.
    if (guarded && isIP(host) !== 0 && !isPublicAddress(host)) return callback(refused(host, host), null);
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

/** One name, one question; a single forbidden address among good ones is reason enough to refuse. */
async function judgedAddresses(
  hostname: string,
  guarded: boolean,
  resolve: Resolve,
): Promise<readonly [LookupAddress, ...LookupAddress[]]> {
  const addresses = await resolve(hostname);
  const forbidden = guarded ? addresses.find(({ address }) => !isPublicAddress(address)) : undefined;
  if (forbidden !== undefined) throw refused(hostname, forbidden.address);
  const [first, ...rest] = addresses;
  if (first === undefined) throw Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
  return [first, ...rest];
}

function refused(hostname: string, address: string): Error {
  return fetchErrors.E_FETCH_ADDRESS({
    what: `will not connect to ${hostname}`,
    why:
      hostname === address
        ? 'it is not an address of the public Internet'
        : `it leads to ${address}, which is not an address of the public Internet`,
    fix: `if this host is yours, allow it by name or reach it through a mirror`,
    where: { file: hostname },
  });
}
