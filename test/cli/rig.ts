import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { listLabs, stopLab } from '@cluster-forge/lab';
import { testContext } from '../rig/context.ts';

const program = fileURLToPath(new URL('../../packages/cli/bin/forge.mjs', import.meta.url));

/** How a command ended. `code` is null when a signal ended it. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON; throws when it is anything else. */
  readonly data: () => unknown;
}

/** A command that runs. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Run>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the text has appeared on standard error; rejects when the command ends without it. */
  shows(text: string | RegExp): Promise<void>;
}

export type Variables = Readonly<Record<string, string>>;

/** A folder with a platform, a state directory and a cache of its own, and the real command line in it. */
export interface CliRig {
  /** Where commands run. */
  readonly directory: string;
  readonly state: string;
  readonly cache: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  start(words: readonly string[], variables?: Variables): Running;
  run(words: readonly string[], variables?: Variables): Promise<Run>;
  /** Digests of all files in the folder and the state directory, by path. */
  snapshot(): Promise<Readonly<Record<string, string>>>;
  /** Ends commands that still run, as a failed test leaves them. */
  endCommands(): Promise<void>;
  /** Ends what still runs, labs too, and removes all files. */
  end(): Promise<void>;
}

/** `variables` are added to a small environment: no variable of whoever runs the tests changes what a command does. */
export async function cliRig(variables: Variables = {}): Promise<CliRig> {
  const root = await mkdtemp(join(tmpdir(), 'forge-cli-'));
  const at = { directory: join(root, 'platform'), state: join(root, 'state'), cache: join(root, 'cache') };
  await Promise.all(Object.values(at).map((path) => mkdir(path)));
  const own = { PATH: process.env['PATH'] ?? '', HOME: root, FORGE_STATE: at.state, FORGE_CACHE: at.cache };
  const children = new Set<ChildProcess>();
  const start: CliRig['start'] = (words, more = {}) => {
    const env = { ...own, ...variables, ...more };
    const child = spawn(execPath, [program, ...words], { cwd: at.directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    child.once('close', () => children.delete(child));
    return running(child);
  };
  return {
    ...at,
    start,
    write: (files) => writeAll(at.directory, files),
    run: (words, more) => start(words, more).ended,
    snapshot: async () => ({ ...(await digests(at.directory)), ...(await digests(at.state)) }),
    endCommands: () => endAll(children),
    end: async () => {
      await endAll(children);
      for (const { name } of await listLabs(at.state)) await stopLab(at.state, name, testContext());
      await rm(root, { recursive: true, force: true });
    },
  };
}

function running(child: ChildProcess): Running {
  const text = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  const collect = (name: 'stdout' | 'stderr') =>
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const watcher of watchers) watcher();
    });
  collect('stdout');
  collect('stderr');
  const ended = new Promise<Run>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...text, code, data: () => JSON.parse(text.stdout) as unknown }));
  });
  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => void child.kill(signal),
    shows: (wanted) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!(typeof wanted === 'string' ? text.stderr.includes(wanted) : wanted.test(text.stderr))) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without showing ${String(wanted)}:\n${text.stderr}`)));
      }),
  };
}

async function endAll(children: ReadonlySet<ChildProcess>): Promise<void> {
  const closed = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(closed);
}

async function writeAll(root: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** Digests of all files below a folder by their path in it; empty when there is none. */
export async function digests(root: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = await Promise.all(
    files.map(async (file): Promise<[string, string]> => {
      const digest = createHash('sha256').update(await readFile(file));
      return [relative(root, file), digest.digest('hex')];
    }),
  );
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}
