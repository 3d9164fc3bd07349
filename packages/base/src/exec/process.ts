import { execFile, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { platform, env as ownEnvironment } from 'node:process';
import { promisify } from 'node:util';
import type { Context } from '../context.ts';
import { describeCommand } from './describe.ts';
import { childEnvironment } from './environment.ts';
import { missing } from './exec.ts';

/**
 * Names one process for ever: numbers are used again, but not with the same start. `startTime` is an opaque text to compare; on Linux clock ticks
 * since boot and the boot's id, from /proc, elsewhere what `ps` says.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly inherit?: readonly string[];
  /** Receives stdout and stderr, appended. Without it they are discarded. */
  readonly logFile?: string;
  /** True: it outlives this process. False (default): it still has its own group, but keeps this process alive until it ends. */
  readonly detached?: boolean;
  readonly secrets?: readonly string[];
}

export interface StartedProcess extends ProcessIdentity {
  /** Resolves when it ends, also by a signal; never rejects. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly killedBy: string | null }>;
}

/** Starts a program that stays. It leads a process group, which `stopProcess` ends as a whole. Throws E_EXEC_MISSING. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: StartOptions,
  ctx: Pick<Context, 'signal'>,
): Promise<StartedProcess> {
  ctx.signal.throwIfAborted();
  const log = options.logFile === undefined ? undefined : await open(options.logFile, 'a', 0o600);
  try {
    const child = spawn(command, args, {
      stdio: ['ignore', log?.fd ?? 'ignore', log?.fd ?? 'ignore'],
      env: childEnvironment(ownEnvironment, options.inherit, options.env),
      detached: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const ended = new Promise<Awaited<StartedProcess['ended']>>((resolve) => {
      child.once('exit', (exitCode, killedBy) => resolve({ exitCode, killedBy }));
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) =>
        reject(missing(describeCommand(command, args, options.secrets), error, options.cwd)),
      );
      child.once('spawn', () => resolve(child.pid ?? 0));
    });
    if (options.detached === true) child.unref();
    return { pid, startTime: (await startTimeOf(pid)) ?? 'ended', ended };
  } finally {
    await log?.close();
  }
}

/** Identity of a running process by its number; undefined when there is none. Default: this process. */
export async function identify(pid: number = process.pid): Promise<ProcessIdentity | undefined> {
  const startTime = await startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** True while exactly that process runs. A zombie does not run. */
export async function isSameProcess(identity: ProcessIdentity): Promise<boolean> {
  return (await startTimeOf(identity.pid)) === identity.startTime;
}

/** Ends a process and its group: SIGTERM, `graceMs` (default 5,000) to go, then SIGKILL. Does nothing when that exact process is gone. */
export async function stopProcess(
  identity: ProcessIdentity,
  options: { readonly graceMs?: number },
  ctx: Pick<Context, 'clock'>,
): Promise<'gone' | 'stopped' | 'killed'> {
  if (!(await isSameProcess(identity))) return 'gone';
  signalProcess(identity.pid, 'SIGTERM');
  if (await waitUntilGone(identity, options.graceMs ?? 5_000, ctx)) {
    signalGroup(identity.pid, 'SIGKILL');
    return 'stopped';
  }
  signalProcess(identity.pid, 'SIGKILL');
  await waitUntilGone(identity, 10_000, ctx);
  return 'killed';
}

const pollMs = 20;

async function waitUntilGone(
  identity: ProcessIdentity,
  limitMs: number,
  ctx: Pick<Context, 'clock'>,
): Promise<boolean> {
  const deadline = ctx.clock.now() + limitMs;
  while (await isSameProcess(identity)) {
    if (ctx.clock.now() >= deadline) return false;
    await ctx.clock.sleep(pollMs);
  }
  return true;
}

/** A process that leads no group is signalled itself. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  if (!signalGroup(pid, signal)) send(pid, signal);
}

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  return send(-pid, signal);
}

function send(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    // Gone already, which is what a signal is for.
    return false;
  }
}

function startTimeOf(pid: number): Promise<string | undefined> {
  return platform === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid);
}

async function startTimeFromProc(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), bootId()]);
    // The program's name stands in parentheses and may contain anything, so fields are counted from the last one; see proc_pid_stat(5).
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : `${fields[18]}@${boot}`;
  } catch {
    return undefined;
  }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown')).trim();
}

async function startTimeFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const text = stdout.trim();
    return text === '' || text.startsWith('Z') ? undefined : text.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}
