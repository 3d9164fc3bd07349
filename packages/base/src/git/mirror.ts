import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { ForgeError } from '../error.ts';
import type { Commit } from './commit.ts';
import { gitErrors } from './errors.ts';
import { gitEnvironment, type Remote } from './remote.ts';
import { readMirror, runGit, type Mirror } from './run-git.ts';

export interface FetchRequest extends Mirror {
  readonly remote: Remote;
  readonly commit: Commit;
}

/** True when a mirror exists and holds a commit. */
export async function hasCommit(at: Mirror, commit: Commit, ctx: Context): Promise<boolean> {
  const options = { env: gitEnvironment(), accept: [0, 1, 128] };
  const { exitCode } = await readMirror(
    at,
    ['rev-parse', '--verify', '--quiet', `refs/forge/${commit}^{commit}`],
    options,
    ctx,
  );
  return exitCode === 0;
}

/**
 * Brings one commit, without its history where the server allows to ask for a commit by number, else with all branches and tags. A reference of ours marks it
 * as complete; git sets it last.
 */
export async function fetchInto({ program, mirror, remote, commit }: FetchRequest, ctx: Context): Promise<void> {
  const call = { remote, env: gitEnvironment(remote) };
  await runGit(program, ['init', '--quiet', '--bare', '--template=', '--', mirror], call, ctx);
  const fetch = (options: readonly string[], refs: readonly string[]) =>
    runGit(
      program,
      [
        '--git-dir',
        mirror,
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        ...options,
        '--',
        remote.url,
        ...refs,
      ],
      call,
      ctx,
    );
  try {
    await fetch(['--depth=1'], [`+${commit}:refs/forge/${commit}`]);
  } catch (error) {
    if (!isRefusedCommit(error)) throw error;
    await fetch(await unshallow({ program, mirror, remote, commit }, ctx), [
      '+refs/heads/*:refs/remotes/origin/*',
      '+refs/tags/*:refs/tags/*',
    ]);
    await markCommit({ program, mirror, remote, commit }, ctx);
  }
}

/** Lock files that git left when it was killed. Only for the holder of our own lock of this mirror. */
export async function clearStaleLocks(mirror: string): Promise<void> {
  const names = await readdir(mirror, { recursive: true }).catch(() => []);
  await Promise.all(
    names.filter((name) => name.endsWith('.lock')).map((name) => rm(join(mirror, name), { force: true })),
  );
}

/** What servers say that do not give commits by number, and what all say about commits that they do not have. */
function isRefusedCommit(error: unknown): boolean {
  return (
    error instanceof ForgeError &&
    /unadvertised object|not our ref|couldn't find remote ref|did not send all/.test(error.problem.why ?? '')
  );
}

async function unshallow({ program, mirror }: FetchRequest, ctx: Context): Promise<readonly string[]> {
  const { stdout } = await readMirror(
    { program, mirror },
    ['rev-parse', '--is-shallow-repository'],
    { env: gitEnvironment() },
    ctx,
  );
  return stdout.toString().trim() === 'true' ? ['--unshallow'] : [];
}

async function markCommit({ program, mirror, remote, commit }: FetchRequest, ctx: Context): Promise<void> {
  const options = { env: gitEnvironment(), accept: [0, 1, 128] };
  const { exitCode } = await readMirror(
    { program, mirror },
    ['update-ref', `refs/forge/${commit}`, `${commit}^{commit}`],
    options,
    ctx,
  );
  const check =
    exitCode === 0
      ? 0
      : (await readMirror({ program, mirror }, ['cat-file', '-e', `${commit}^{commit}`], options, ctx)).exitCode;
  if (check === 0 && exitCode === 0) return;
  throw gitErrors.E_GIT_REF({
    what: `${remote.shown} has no commit ${commit}`,
    why: 'no branch and no tag leads to it; it may have been removed by a forced push',
    fix: 'pin a commit that exists',
    where: { file: remote.shown },
  });
}
