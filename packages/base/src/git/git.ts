import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Context } from '../context.ts';
import { resolveBySystem, type Resolve } from '../fetch/resolve.ts';
import type { Credential } from '../fetch/credentials.ts';
import { withLock } from '../files/lock.ts';
import { digestOf, hexOf } from '../hash.ts';
import { gitErrors } from './errors.ts';
import { exportTree, type Exported } from './export.ts';
import { clearStaleLocks, fetchInto, hasCommit } from './mirror.ts';
import { parseCommit, checkRef, type Commit } from './commit.ts';
import { gitEnvironment, openRemote, type Remote } from './remote.ts';
import { runGit } from './run-git.ts';

export interface GitOptions {
  /** Absolute path of git, 2.37 or newer. */
  readonly program: string;
  /** Holds a bare mirror for each repository, shared by all users of this computer's store. */
  readonly directory: string;
  /** Hosts (`name` or `name:port`) that may have private addresses, or true for all. */
  readonly allowPrivate?: boolean | readonly string[];
  /** Plain http and local directories besides https. Default false. */
  readonly allowInsecure?: boolean;
  readonly credentials?: readonly Credential[];
  /** Name lookup; default the operating system's. */
  readonly resolve?: Resolve;
}

/** What of a repository is wanted, and where it goes. `destination` must not exist; it appears whole or not at all. */
export interface ExportRequest {
  readonly url: string;
  readonly commit: Commit;
  /** Directory in the repository; `.` for all. */
  readonly path: string;
  readonly destination: string;
}

/**
 * Git repositories as read-only input. Nothing of a repository is ever run: no hooks, no filters, no submodules, no configuration but ours; and nothing is
 * read from the user's git configuration, so that every computer sees the same.
 */
export interface Git {
  /** Commit of a branch, tag or full commit number. Throws E_GIT_URL, E_GIT_REF, E_GIT_FETCH. */
  resolve(url: string, ref: string, ctx: Context): Promise<Commit>;
  /** Writes the files of one directory at one commit; the network is used only when the commit is not here yet. Throws E_GIT_*, E_FILE_*. */
  export(request: ExportRequest, ctx: Context): Promise<Exported>;
}

export function openGit(options: GitOptions): Git {
  const ports = { ...options, resolve: options.resolve ?? resolveBySystem };
  return {
    resolve: async (url, ref, ctx) => {
      checkRef(ref);
      const known = parseCommit(ref);
      return known ?? lookUp(ports, await openRemote(url, ports), ref, ctx);
    },
    export: async (request, ctx) => {
      const mirror = await bringCommit(ports, request, ctx);
      return exportTree({ ...request, mirror, program: options.program }, ctx);
    },
  };
}

type Ports = GitOptions & { readonly resolve: Resolve };

async function bringCommit(ports: Ports, { url, commit }: ExportRequest, ctx: Context): Promise<string> {
  const remote = await openRemote(url, ports);
  const mirror = join(ports.directory, `${hexOf(digestOf(remote.url))}.git`);
  const at = { program: ports.program, mirror };
  if (await hasCommit(at, commit, ctx)) return mirror;
  await mkdir(ports.directory, { recursive: true });
  const lock = { path: `${mirror}.lock`, purpose: `fetch ${remote.shown}` };
  await withLock(lock, ctx, async () => {
    if (await hasCommit(at, commit, ctx)) return;
    await clearStaleLocks(mirror);
    await fetchInto({ ...at, remote, commit }, ctx);
  });
  return mirror;
}

async function lookUp(ports: Ports, remote: Remote, ref: string, ctx: Context): Promise<Commit> {
  const patterns = ref === 'HEAD' ? ['HEAD'] : [ref, `refs/tags/${ref}^{}`];
  const args = ['ls-remote', '--quiet', '--', remote.url, ...patterns];
  const { stdout } = await runGit(
    ports.program,
    args,
    { remote, cwd: dirname(ports.program), env: gitEnvironment(remote) },
    ctx,
  );
  const found = new Map(stdout.split('\n').map((line): [string, string] => [line.slice(41), line.slice(0, 40)]));
  // An annotated tag is an object of its own; `^{}` is the commit that it names.
  const names = [`refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/heads/${ref}`, ref];
  const commit = names.map((name) => parseCommit(found.get(name) ?? '')).find((each) => each !== undefined);
  if (commit !== undefined) return commit;
  throw gitErrors.E_GIT_REF({
    what: `${remote.shown} has no branch or tag ${JSON.stringify(ref)}`,
    fix: 'check the name; a commit must be given with all its 40 digits',
    where: { file: remote.shown },
  });
}
