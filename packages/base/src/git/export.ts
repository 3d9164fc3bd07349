import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix } from 'node:path';
import type { Context } from '../context.ts';
import { writeError } from '../files/atomic.ts';
import { isBelow, unsafeName } from '../files/join-below.ts';
import type { Commit } from './commit.ts';
import { gitErrors } from './errors.ts';
import { gitEnvironment } from './remote.ts';
import { readMirror, type Mirror } from './run-git.ts';
import { listTree, readBlobs, type TreeEntry } from './tree.ts';

export interface TreeRequest extends Mirror {
  readonly url: string;
  readonly commit: Commit;
  readonly path: string;
  readonly destination: string;
}

export interface Exported {
  readonly fileCount: number;
  readonly sizeBytes: number;
  /** Paths of submodules: they are other repositories and are left out. */
  readonly submodules: readonly string[];
}

const limits = { fileCount: 20_000, sizeBytes: 512 * 1024 * 1024 };

/**
 * Writes a directory of a commit: plain files with their execute bit, and links that stay inside it. Bytes are those of the repository; no attribute or filter
 * changes them. Throws E_GIT_TREE when the directory is missing or too large, a name is not usable, or a link leads out.
 */
export async function exportTree(request: TreeRequest, ctx: Context): Promise<Exported> {
  const refuse = (why: string) => refusal(request, why);
  const entries = await entriesOf(request, refuse, ctx);
  const files = entries.filter(({ kind }) => kind !== 'submodule');
  const sizeBytes = files.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  if (files.length > limits.fileCount) throw refuse(`it has ${files.length} files, more than ${limits.fileCount}`);
  if (sizeBytes > limits.sizeBytes) throw refuse(`it has ${sizeBytes} bytes, more than ${limits.sizeBytes}`);
  const blobs = await readBlobs(request, files, ctx);
  await writeWhole(request.destination, (directory) => writeFiles(directory, files, blobs, refuse));
  return {
    fileCount: files.length,
    sizeBytes,
    submodules: entries.filter(({ kind }) => kind === 'submodule').map(({ path }) => path),
  };
}

async function entriesOf(
  { program, mirror, commit, path }: TreeRequest,
  refuse: (why: string) => Error,
  ctx: Context,
): Promise<readonly TreeEntry[]> {
  const inside = path === '.' || path === '' ? '' : posix.normalize(path).replace(/\/$/, '');
  if (inside !== '' && (unsafeName(inside) !== undefined || inside.startsWith('-')))
    throw refuse('its path does not stay in the repository');
  const tree = `${commit}:${inside}`;
  const options = { env: gitEnvironment(), accept: [0, 128] };
  const { stdout } = await readMirror({ program, mirror }, ['cat-file', '-t', tree], options, ctx);
  const type = stdout.toString().trim();
  if (type !== 'tree')
    throw refuse(type === '' ? 'there is no such directory at this commit' : 'it is a file, not a directory');
  const entries = await listTree({ program, mirror }, tree, ctx);
  for (const entry of entries) {
    const why = unsafeName(entry.path);
    if (why !== undefined) throw refuse(`the name ${JSON.stringify(entry.path)} is not usable: ${why}`);
  }
  return entries;
}

async function writeWhole(destination: string, fill: (directory: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(destination), `.${randomUUID()}.tmp`);
  try {
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    await rename(temporary, destination);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error instanceof Error && 'syscall' in error ? writeError(destination, error) : error;
  }
}

async function writeFiles(
  directory: string,
  entries: readonly TreeEntry[],
  blobs: ReadonlyMap<string, Buffer>,
  refuse: (why: string) => Error,
): Promise<void> {
  const bytesOf = ({ blob }: TreeEntry) => blobs.get(blob) ?? Buffer.alloc(0);
  const links = entries.filter(({ kind }) => kind === 'link');
  for (const entry of entries) await mkdir(dirname(join(directory, entry.path)), { recursive: true });
  for (const entry of entries.filter(({ kind }) => kind === 'file' || kind === 'program')) {
    await writeFile(join(directory, entry.path), bytesOf(entry), {
      flag: 'wx',
      mode: entry.kind === 'program' ? 0o755 : 0o644,
    });
  }
  for (const entry of links) {
    const target = bytesOf(entry).toString('utf8');
    const meant = posix.join(posix.dirname(entry.path), target);
    if (isAbsolute(target) || meant === '..' || meant.startsWith('../'))
      throw refuse(`the link ${entry.path} leads out of it, to ${target}`);
    await symlink(target, join(directory, entry.path));
  }
  await checkLinks(directory, links, refuse);
}

/** A link through another link can lead elsewhere than its text says, so the finished tree is asked too. */
async function checkLinks(
  directory: string,
  links: readonly TreeEntry[],
  refuse: (why: string) => Error,
): Promise<void> {
  const root = await realpath(directory);
  for (const { path } of links) {
    const target = await realpath(join(directory, path)).catch(() => root);
    if (!isBelow(root, target)) throw refuse(`the link ${path} leads out of it, through another link`);
  }
}

function refusal({ url, commit, path }: TreeRequest, why: string): Error {
  return gitErrors.E_GIT_TREE({
    what: `cannot use the directory ${JSON.stringify(path)} of commit ${commit.slice(0, 12)}`,
    why,
    fix: 'check the path; links must stay inside the directory that is used',
    where: { file: url, path },
  });
}
