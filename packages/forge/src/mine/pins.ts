import type { Diagnostic } from '@cluster-forge/base';
import type { Source } from '../config/platform.ts';
import { mineErrors } from './errors.ts';
import { kindOf } from './kinds.ts';
import type { Lock, LockedSource } from './lock.ts';

/** How strictly the lock is taken. */
export interface PinOptions {
  /** Refuse every source that is not locked. */
  readonly locked?: boolean;
  /** Resolve again what is locked already: everything, or the components and sources (`<component>/<index>`) named. */
  readonly update?: boolean | readonly string[];
}

/** A source with what the lock says about it, as long as the lock still answers the same request. */
export interface Pinned {
  readonly source: Source;
  readonly request: Readonly<Record<string, string>>;
  readonly pin?: LockedSource;
}

/** Matches sources with their locks. A changed request makes only that source new. */
export function pinSources(sources: readonly Source[], lock: Lock | undefined, options: PinOptions): readonly Pinned[] {
  const locked = new Map(lock?.sources.map((entry) => [entry.id, entry]));
  return sources.map((source) => {
    const request = kindOf(source).request(source);
    const entry = locked.get(source.id);
    const isPinned = entry !== undefined && answers(entry, source, request) && !isUpdated(source.id, options.update);
    return { source, request, ...(isPinned ? { pin: entry } : {}) };
  });
}

/** One diagnostic for each source that `--locked` refuses. */
export function unlocked(pinned: readonly Pinned[], lock: Lock | undefined): readonly Diagnostic[] {
  const known = new Set(lock?.sources.map(({ id }) => id));
  return pinned
    .filter(({ pin }) => pin === undefined)
    .map(({ source }) =>
      mineErrors.E_MINE_UNLOCKED.diagnostic({
        what: `source ${source.id} is not locked`,
        why: known.has(source.id) ? 'it asks for something else than what was locked' : 'forge.lock does not list it',
        where: source.where,
        fix: 'run `forge mine` without --locked and commit forge.lock',
      }),
    );
}

function answers(entry: LockedSource, source: Source, request: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(request);
  const isSame =
    keys.length === Object.keys(entry.request).length && keys.every((key) => entry.request[key] === request[key]);
  return entry.kind === source.kind && isSame;
}

function isUpdated(id: string, update: PinOptions['update']): boolean {
  if (typeof update !== 'object') return update === true;
  return update.includes(id) || update.includes(id.slice(0, id.lastIndexOf('/')));
}
