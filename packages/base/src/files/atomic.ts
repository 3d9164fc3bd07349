import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileErrors } from './errors.ts';

export interface WriteOptions {
  /** Default 0o644. */
  readonly mode?: number;
}

/**
 * Replaces a file as a whole: a reader, or the same path after a crash, shows the old bytes or the new ones, never a mixture. Missing directories are
 * made; a link at `path` is replaced, not followed. Throws E_FILE_FULL or E_FILE_WRITE and leaves nothing behind.
 */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path).slice(0, 100)}.${randomUUID()}.tmp`);
  try {
    await mkdir(directory, { recursive: true });
    await writeDurably(temporary, options.mode ?? 0o644, (file) => file.writeFile(bytes));
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw writeError(path, error);
  }
}

/** Creates a file that must not exist yet, lets `fill` write it and forces it to the disk. */
export async function writeDurably(
  path: string,
  mode: number,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
  try {
    await fill(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename in this directory survive a power cut. File systems that cannot do it are left alone. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** True for errors that say that no more bytes fit. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** The catalogue's error for a failed write: E_FILE_FULL or E_FILE_WRITE. */
export function writeError(path: string, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  const problem = { what: `cannot write ${path}`, why, where: { file: path } };
  if (isFull(error))
    return fileErrors.E_FILE_FULL(
      { ...problem, fix: 'free some space (`forge store gc` empties the cache) and run the same command again' },
      { cause: error },
    );
  return fileErrors.E_FILE_WRITE(
    { ...problem, fix: 'check that the directory exists and that you may write to it' },
    { cause: error },
  );
}
