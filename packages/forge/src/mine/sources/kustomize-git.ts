import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCommit, type Commit } from '@cluster-forge/base/git/commit';
import { openGit } from '@cluster-forge/base/git/git';
import { digestOf, type Digest } from '@cluster-forge/base/hash';
import type { KustomizeSource } from '../../config/platform.ts';
import { mineErrors } from '../errors.ts';
import { digestOfFiles, listFiles, totalBytes } from '../file-list.ts';
import type { Brought, MineContext, SourceKind } from '../source-kind.ts';

/**
 * A kustomization in a git repository at one exact commit. The whole tree is kept, because a kustomization may use bases beside it. The lock has the digest
 * of names and contents, which does not rest on the SHA-1 of git.
 */
export const kustomizeGit: SourceKind<KustomizeSource> = {
  request: ({ git }) => ({ url: git?.url ?? '', commit: git?.commit ?? '', path: git?.path ?? '' }),
  bring: async (source, pin, ctx) => {
    const commit = exactCommit(source);
    const url = source.git?.url ?? '';
    const known = await storedTree(commit, source, ctx);
    if (known !== undefined && (pin === undefined || pin.digest === known.digest)) return { ...known, resolved: url };
    const exported = await exportTree(commit, source, ctx);
    if (pin !== undefined && pin.digest !== exported.digest) throw changed(source, pin.digest, exported.digest);
    return { ...exported, resolved: url };
  },
};

function exactCommit(source: KustomizeSource): Commit {
  const text = source.git?.commit ?? '';
  const commit = parseCommit(text);
  if (commit !== undefined) return commit;
  throw mineErrors.E_MINE_GIT({
    what: `${JSON.stringify(text)} is not a commit`,
    why: 'branches and tags move, and what is deployed must not; a commit has 40 hexadecimal digits',
    where: source.where,
    fix: `write the commit that \`git ls-remote ${source.git?.url ?? 'URL'} ${text}\` prints`,
  });
}

/** The tree of an earlier run, proven by its digest. */
async function storedTree(commit: Commit, source: KustomizeSource, ctx: MineContext): Promise<Brought | undefined> {
  const remembered = await ctx.store.recall('git-trees', keyOf(commit));
  if (typeof remembered !== 'string') return undefined;
  const found = await read(commit, source, ctx).catch(() => undefined);
  if (found?.digest !== remembered) return undefined;
  ctx.task.update({ state: 'cached' });
  return found;
}

async function exportTree(commit: Commit, source: KustomizeSource, ctx: MineContext): Promise<Brought> {
  const { path: program } = await ctx.tools.resolve('git', ctx);
  const git = openGit({ ...ctx.git, program, directory: join(ctx.store.directory, 'git') });
  const destination = treePath(commit, ctx);
  await rm(destination, { recursive: true, force: true });
  await git.export({ url: source.git?.url ?? '', commit, path: '.', destination }, ctx);
  const found = await read(commit, source, ctx);
  await ctx.store.remember('git-trees', keyOf(commit), found.digest);
  return found;
}

async function read(commit: Commit, source: KustomizeSource, ctx: MineContext): Promise<Brought> {
  const path = treePath(commit, ctx);
  const files = await listFiles(path, source.where);
  return { digest: await digestOfFiles(files), sizeBytes: totalBytes(files), path, form: 'directory' };
}

function treePath(commit: Commit, ctx: MineContext): string {
  return join(ctx.store.directory, 'git-trees', commit);
}

function keyOf(commit: Commit): Digest {
  return digestOf(commit);
}

function changed(source: KustomizeSource, locked: Digest, found: Digest): Error {
  return mineErrors.E_MINE_CHANGED({
    what: `the commit of ${source.id} has other files than forge.lock`,
    why: `locked is ${locked}, found is ${found}`,
    where: source.where,
    fix: 'check the lock and the repository; a commit cannot change its files',
  });
}
