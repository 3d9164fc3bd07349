import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isPublicAddress } from './address.ts';
import { fetchErrors } from './errors.ts';

/** Finds all addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Asks the operating system, hosts file included. */
export const resolveBySystem: Resolve = (hostname) => systemLookup(hostname, { all: true });

/** Throws E_FETCH_ADDRESS when any address of a host is not public: a single one among good ones is reason enough. */
export function judgeAddresses(hostname: string, addresses: readonly LookupAddress[]): void {
  const forbidden = addresses.find(({ address }) => !isPublicAddress(address));
  if (forbidden === undefined) return;
  throw fetchErrors.E_FETCH_ADDRESS({
    what: `will not connect to ${hostname}`,
    why:
      hostname === forbidden.address
        ? 'it is not an address of the public Internet'
        : `it leads to ${forbidden.address}, which is not an address of the public Internet`,
    fix: `if this host is yours, allow it with FORGE_ALLOW_PRIVATE=${hostname}, or reach it through a mirror with FORGE_MIRRORS`,
    where: { file: hostname },
  });
}
