import { realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileErrors } from './errors.ts';

/**
 * Joins a name that came from outside to a directory of ours: the one place where such paths are made. Refuses (E_FILE_OUTSIDE) absolute names, drive
 * letters, `..`, NUL, and names whose existing part leads out of `root` through links. The file need not exist.
 */
export async function joinBelow(root: string, name: string): Promise<string> {
  const reason = unsafeName(name);
  if (reason !== undefined) throw outside(root, name, reason);
  const path = join(root, name);
  const [realRoot, realPart] = await Promise.all([nearestReal(root), nearestReal(path)]);
  if (!isBelow(realRoot, realPart)) throw outside(root, name, `links lead it to ${realPart}`);
  return path;
}

/** Why a relative name must not be joined to a directory, judged by its text alone; undefined when it may. */
export function unsafeName(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.includes('\0')) return 'it contains a NUL character';
  if (/^([/\\]|[A-Za-z]:)/.test(name)) return 'it is absolute';
  if (name.split(/[/\\]/).includes('..')) return 'it contains `..`';
  return undefined;
}

/** True when `path` is `root` or lies in it; both absolute and without `..`. */
export function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function nearestReal(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await nearestReal(parent), path.slice(parent.length));
  }
}

function outside(root: string, name: string, why: string): Error {
  return fileErrors.E_FILE_OUTSIDE({
    what: `the name ${JSON.stringify(name)} does not stay below its directory`,
    why,
    where: { file: root },
    fix: 'use a relative path without `..` and without links that lead out',
  });
}
