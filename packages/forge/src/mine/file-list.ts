import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, matchesGlob, relative, sep } from 'node:path';
import type { Where } from '@cluster-forge/base';
import { isBelow } from '@cluster-forge/base/files/join-below';
import { digestOfParts, type Digest } from '@cluster-forge/base/hash';
import { mineErrors } from './errors.ts';

/** A file of a local source. */
export interface ListedFile {
  /** Path below the directory, with `/` on every system. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

/** No source of manifests is larger; more means that the path is wrong. */
const limits = { maxFiles: 10_000, maxBytes: 256 * 1024 * 1024 };

/**
 * Files below a directory in the order of their names, which is the same on every computer. `include` are globs on names; absent: all files.
 * `.git` is left out. Links to files inside are read; links to directories and links that lead out are refused (E_MINE_LINK). Throws E_MINE_MISSING, E_MINE_SIZE.
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
  const files = await Promise.all(found.map(({ entry, path, name }) => listed(root, path, { entry, name, where })));
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total > limits.maxBytes) throw tooLarge(directory, where, `${total} bytes`);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Digest of names and contents: equal trees have equal digests, wherever they lie. */
export async function digestOfFiles(files: readonly ListedFile[]): Promise<Digest> {
  const hashes = await Promise.all(
    files.map(async ({ path }) =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ),
  );
  return digestOfParts(files.flatMap(({ name }, at) => [name, hashes[at] ?? '']));
}

export function totalBytes(files: readonly ListedFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function isGit(name: string): boolean {
  return name === '.git' || name.startsWith('.git/');
}

async function listed(
  root: string,
  path: string,
  { entry, name, where }: { readonly entry: Dirent; readonly name: string; readonly where: Where },
): Promise<ListedFile> {
  if (!entry.isFile()) {
    const target = await realpath(path).catch(() => undefined);
    const facts = target === undefined ? undefined : await stat(target);
    if (target === undefined || !isBelow(root, target) || facts?.isFile() !== true) throw badLink(path, target, where);
  }
  return { name, path, sizeBytes: (await stat(path)).size };
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
