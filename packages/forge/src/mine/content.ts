import type { Where } from '@cluster-forge/base';
import { mineErrors } from './errors.ts';

/** Throws E_MINE_CONTENT when bytes that should be `wanted` (such as `a chart archive`) are a web page. */
export function refuseWebPage(bytes: Uint8Array, url: string, wanted: string): void {
  const start = Buffer.from(bytes.subarray(0, 512)).toString('utf8').trimStart().toLowerCase();
  if (!start.startsWith('<!doctype html') && !start.startsWith('<html')) return;
  throw mineErrors.E_MINE_CONTENT({
    what: `${url} answered with a web page instead of ${wanted}`,
    why: 'login pages, proxies and source browsers answer like that',
    fix: 'use the raw download address, and check that it needs no login',
  });
}

/** Throws E_MINE_CONTENT when a manifest is not text. */
export function refuseBinary(bytes: Uint8Array, name: string, where: Where): void {
  if (bytes.subarray(0, 8192).indexOf(0) === -1) return;
  throw mineErrors.E_MINE_CONTENT({
    what: `${name} is not text`,
    why: 'a manifest is YAML text, plain or compressed with gzip',
    where,
    fix: 'name the YAML file itself; archives belong to other source kinds',
  });
}
