import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, matchesGlob, relative, sep } from 'node:path';
import type { Where } from '@cluster-forge/base';
import { pool } from '@cluster-forge/base/exec/pool';
import { isBelow } from '@cluster-forge/base/files/join-below';
import { digestOfParts, type Digest } from '@cluster-forge/base/hash';
import { mineErrors } from './errors.ts';

/** A file of a local source. */
export interface ListedFile {
  /** Path below the directory, with `/` on every system. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** Set on a link to a directory: its target below the listed directory. */
  readonly linkTo?: string;
}

/** No source of manifests is larger; more means that the path is wrong. */
const limits = { maxFiles: 20_000, maxBytes: 512 * 1024 * 1024 };

/**
 * Files below a directory in the order of their names, which is the same on every computer. `include` are globs on names; absent: all files.
 * `.git` is left out. Links are read when they lead to a file inside; a link to a directory inside stands for itself, since
 * what it leads to is listed anyway; links that lead out are refused (E_MINE_LINK). Throws E_MINE_MISSING, E_MINE_SIZE.
 */
export async function listFiles(
  directory: string,
  where: Where,
  include?: readonly string[],
): Promise<readonly ListedFile[]> {
  const root = await realpath(directory).catch((error: unknown) => Promise.reject(missing(directory, where, error)));
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) =>
    Promise.reject(missing(directory, where, error)),
  );
  const found = entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const name = relative(root, path).split(sep).join('/');
    const isIncluded = include === undefined || include.some((glob) => matchesGlob(name, glob));
    return entry.isDirectory() || isGit(name) || !isIncluded ? [] : [{ entry, path, name }];
  });
  if (found.length > limits.maxFiles) throw tooLarge(directory, where, `${found.length} files`);
  const files = (await inPool(found, (one) => listed(root, one, where))).filter(
    ({ linkTo }) => linkTo === undefined || include === undefined,
  );
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total > limits.maxBytes) throw tooLarge(directory, where, `${total} bytes`);
  return [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Digest of names and contents: equal trees have equal digests, wherever they lie. */
export async function digestOfFiles(files: readonly ListedFile[]): Promise<Digest> {
  const hashes = await inPool(files, async ({ path, linkTo }) =>
    createHash('sha256')
      .update(linkTo === undefined ? await readFile(path) : `link ${linkTo}`)
      .digest('hex'),
  );
  return digestOfParts(files.flatMap(({ name }, at) => [name, hashes[at] ?? '']));
}

/** Few enough files at a time for the limit on open ones. */
function inPool<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const workers = pool(64);
  const { signal } = new AbortController();
  return Promise.all(items.map((item) => workers.run(() => work(item), signal)));
}

export function totalBytes(files: readonly ListedFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function isGit(name: string): boolean {
  return name === '.git' || name.startsWith('.git/');
}

interface Found {
  readonly entry: Dirent;
  readonly path: string;
  readonly name: string;
}

async function listed(root: string, { entry, path, name }: Found, where: Where): Promise<ListedFile> {
  if (entry.isFile()) return { name, path, sizeBytes: (await stat(path)).size };
  const target = entry.isSymbolicLink() ? await realpath(path).catch(() => undefined) : undefined;
  if (target === undefined || !isBelow(root, target)) throw badLink(path, target, where);
  const facts = await stat(target);
  if (facts.isDirectory()) return { name, path, sizeBytes: 0, linkTo: relative(root, target) };
  if (!facts.isFile()) throw badLink(path, target, where);
  return { name, path, sizeBytes: facts.size };
}

/** The error for a local path that cannot be read. */
export function missing(path: string, where: Where, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return mineErrors.E_MINE_MISSING(
    {
      what: `cannot read ${path}`,
      why,
      where,
      fix: 'check the path; relative paths start at the file that names them',
    },
    { cause },
  );
}

function badLink(path: string, target: string | undefined, where: Where): Error {
  return mineErrors.E_MINE_LINK({
    what: `${path} is not a plain file`,
    why: target === undefined ? 'it is a link that leads nowhere or a special file' : `it leads to ${target}`,
    where,
    fix: 'put a copy of the file there, or leave the entry out',
  });
}

function tooLarge(directory: string, where: Where, size: string): Error {
  return mineErrors.E_MINE_SIZE({
    what: `${directory} is too large for a source: ${size}`,
    why: `a source may have ${limits.maxFiles} files and ${limits.maxBytes} bytes`,
    where,
    fix: 'name the directory that holds the manifests only',
  });
}
