import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isObject, type Json, type JsonObject } from '@cluster-forge/base';
import { syncDirectory, writeError, writeFileAtomic } from '@cluster-forge/base/files/atomic';

/**
 * One line of the journal. `begin` opens a run, `intent` comes before an effect and `confirm` after it, `done` remembers that a Job ran to its end,
 * `end` closes the run. Only keys and digests, never contents.
 */
export type Entry =
  | { readonly kind: 'begin'; readonly release: number; readonly graphDigest: string; readonly who: string }
  | { readonly kind: 'intent' | 'confirm'; readonly operation: string; readonly key: string; readonly digest?: string }
  | { readonly kind: 'done'; readonly key: string; readonly digest: string }
  | { readonly kind: 'end'; readonly outcome: string };

export type Line = Entry & { readonly at: number };

/** What an earlier run left behind; it is unfinished when its last entry is not `end`. */
export interface History {
  readonly lines: readonly Line[];
  readonly isFinished: boolean;
  /** The last line was cut off, as a crash leaves it. */
  readonly isTorn: boolean;
  /** Lines in the middle that cannot be read; they are passed over, because a resume reads the world anyway. */
  readonly damaged: number;
}

export interface Journal {
  /** Resolves when the entry is on the disk; entries written at the same time share one flush. Throws E_FILE_FULL or E_FILE_WRITE. */
  write(entry: Entry): Promise<void>;
  /** Adds an entry without waiting for the disk: what it says can be read from the cluster too. */
  note(entry: Entry): void;
  close(): Promise<void>;
}

/** Reads a journal; a missing file is an empty, finished one. */
export function parseJournal(text: string): History {
  const rows = text.split('\n');
  const last = rows.pop() ?? '';
  const lines = rows.map(parseLine);
  const good = lines.filter((line) => line !== undefined);
  const lastKind = good.at(-1)?.kind;
  return {
    lines: good,
    isFinished: lastKind === undefined || lastKind === 'end',
    isTorn: last !== '',
    damaged: lines.length - good.length,
  };
}

function parseLine(row: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(row);
    // Written by `write` below; whoever edits it by hand gets what the reader can make of it.
    return isObject(value) && typeof value['kind'] === 'string' ? (value as JsonObject & Line) : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the journal of a run: the file begins anew, because a resume has read it by now and the world holds the rest. Keeps `carried` lines. */
export async function startJournal(path: string, carried: readonly Line[], now: () => number): Promise<Journal> {
  await writeFileAtomic(path, carried.map(printLine).join(''), { mode: 0o600 });
  return appendTo(path, now);
}

/** A journal at the end of a file that exists. */
export async function appendTo(path: string, now: () => number): Promise<Journal> {
  return journalOn(await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW), path, now);
}

interface Batch {
  text: string;
  readonly flushed: PromiseWithResolvers<void>;
}

function journalOn(file: FileHandle, path: string, now: () => number): Journal {
  let next: Batch | undefined;
  let flushing: Promise<void> = Promise.resolve();
  let closed: Promise<void> | undefined;
  const flush = async () => {
    const batch = next;
    next = undefined;
    if (batch === undefined) return;
    try {
      await file.appendFile(batch.text);
      await file.datasync();
      batch.flushed.resolve();
    } catch (error) {
      batch.flushed.reject(writeError(path, error));
    }
  };
  const add = (entry: Entry): Promise<void> => {
    if (next === undefined) {
      next = { text: '', flushed: Promise.withResolvers() };
      flushing = flushing.then(flush);
    }
    next.text += printLine({ at: now(), ...entry });
    return next.flushed.promise;
  };
  return {
    write: add,
    note: (entry) => void add(entry).catch(() => undefined),
    close: () => (closed ??= flushing.then(() => file.close())),
  };
}

function printLine(line: Line): string {
  return `${JSON.stringify(line satisfies Json | Line)}\n`;
}

/** Makes the state directory; it holds no secrets but is nobody else's business. */
export async function makeStateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) =>
    Promise.reject(writeError(path, error)),
  );
  await syncDirectory(dirname(path));
}
