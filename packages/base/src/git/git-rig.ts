import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdir, mkdtemp, rm, symlink, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { Context } from '../context.ts';
import { run } from '../exec/exec.ts';
import { parseCommit, type Commit } from './commit.ts';
import { answerByGit } from './http-backend-rig.ts';

/** A repository of tests: a work tree, a bare copy below `root`, and a server for it on loopback. */
export interface GitRig {
  readonly ctx: Context;
  readonly directory: string;
  /** `http://127.0.0.1:PORT/repo.git`, served by git's own CGI program. */
  readonly url: string;
  readonly bare: string;
  readonly requests: IncomingMessage[];
  readonly program: string;
  git(...args: readonly string[]): Promise<string>;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  link(path: string, target: string): Promise<void>;
  executable(path: string): Promise<void>;
  /** Commits all and brings it to the bare copy. */
  commit(message: string): Promise<Commit>;
  /** Sets what the server answers instead of asking git; undefined lets git answer. */
  intercept(reply: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined): void;
  close(): Promise<void>;
}

const program = 'git';

export async function gitRig(): Promise<GitRig> {
  const directory = await mkdtemp(join(tmpdir(), 'forge-git-'));
  const served = await serve(join(directory, 'served'));
  const repository = await createRepository(directory);
  return {
    ...served,
    ...repository,
    ctx,
    directory,
    program,
    url: `${served.origin}/repo.git`,
    close: async () => {
      await served.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const ctx: Context = {
  signal: new AbortController().signal,
  clock: systemClock,
  host: { emit: () => undefined, ask: () => Promise.reject(new Error('nobody')) },
};

const identity = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@b',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@b',
};

async function createRepository(directory: string) {
  const [work, bare] = [join(directory, 'work'), join(directory, 'served/repo.git')];
  const git = async (...args: readonly string[]) =>
    (await run(program, args, { cwd: work, env: identity }, ctx)).stdout.trim();
  await mkdir(work);
  await git('init', '--quiet', '--initial-branch=main');
  await git('init', '--quiet', '--bare', '--initial-branch=main', bare);
  return {
    bare,
    git,
    write: async (files: Readonly<Record<string, string>>) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(work, path)), { recursive: true });
        await writeFile(join(work, path), text);
      }
    },
    link: (path: string, target: string) => symlink(target, join(work, path)),
    executable: (path: string) => chmod(join(work, path), 0o755),
    commit: async (message: string) => {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', message);
      await git('push', '--quiet', '--force', bare, '--all');
      await git('push', '--quiet', '--force', bare, '--tags');
      const commit = parseCommit(await git('rev-parse', 'HEAD'));
      if (commit === undefined) throw new Error('git gave no commit');
      return commit;
    },
  };
}

async function serve(root: string) {
  const requests: IncomingMessage[] = [];
  let reply: Parameters<GitRig['intercept']>[0];
  const server = createServer((request, response) => {
    requests.push(request);
    if (reply?.(request, response) !== true) answerByGit(root, request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`,
    requests,
    intercept: (next: Parameters<GitRig['intercept']>[0]) => {
      reply = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
