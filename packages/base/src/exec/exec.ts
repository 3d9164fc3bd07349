import { spawn, type ChildProcess } from 'node:child_process';
import { env as ownEnvironment } from 'node:process';
import type { Context } from '../context.ts';
import { childEnvironment } from './environment.ts';
import { execErrors } from './errors.ts';
import { describeCommand, lastLines, redact } from './describe.ts';

/** What a program may need beside its arguments. */
export interface RunOptions {
  readonly cwd?: string;
  /** Set on top of what is inherited; undefined removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Names of variables taken over from this process. Default: `commonVariables`. */
  readonly inherit?: readonly string[];
  readonly stdin?: Uint8Array | string;
  /** Limit for stdout and for stderr, each. Default 256 MiB. */
  readonly maxOutputBytes?: number;
  /** No limit by default: the context's signal ends the program. */
  readonly timeoutMs?: number;
  /** Exit codes that are returned instead of thrown. Default: only 0. */
  readonly accept?: readonly number[];
  /** Texts that are replaced by `***` wherever the command or its output appears in an error. */
  readonly secrets?: readonly string[];
  /** Called once with the process number, which is also that of its group; for those who must find it again after a crash of their own. */
  readonly onStart?: (pid: number) => void;
  /** Called with each whole line of stderr while the program runs. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult<Output = string> {
  readonly stdout: Output;
  readonly stderr: string;
  readonly exitCode: number;
}

type RunContext = Pick<Context, 'signal'>;

/**
 * Runs a program to its end with a fixed argument list; no shell reads it. Whatever it started is killed with it: on abort, on a limit, and when it
 * ends. Rejects with the signal's reason when aborted, else with E_EXEC_MISSING, E_EXEC_FAILED, E_EXEC_OUTPUT or E_EXEC_TIMEOUT.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
  ctx: RunContext,
): Promise<RunResult> {
  const { stdout, ...rest } = await runBytes(command, args, options, ctx);
  return { ...rest, stdout: stdout.toString('utf8') };
}

/** As `run`, for programs whose output is not text. */
export async function runBytes(
  command: string,
  args: readonly string[],
  options: RunOptions,
  ctx: RunContext,
): Promise<RunResult<Buffer>> {
  ctx.signal.throwIfAborted();
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: childEnvironment(ownEnvironment, options.inherit, options.env),
    // A process group of its own, so that its children can be killed with it.
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const shown = describeCommand(command, args, options.secrets);
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const limits = watchLimits(child, options, ctx.signal);
  const output = collectOutput(child, options, limits.breach);
  try {
    const ended = await ending(child, shown, options.cwd);
    return judge({ ...ended, ...output() }, shown, { options, breach: limits.breached(), signal: ctx.signal });
  } finally {
    limits.stop();
  }
}

type Breach = 'aborted' | 'output' | 'timeout';

interface Limits {
  readonly breach: (kind: Breach) => void;
  readonly breached: () => Breach | undefined;
  readonly stop: () => void;
}

function watchLimits(child: ChildProcess, options: RunOptions, signal: AbortSignal): Limits {
  let first: Breach | undefined;
  const breach = (kind: Breach) => {
    first ??= kind;
    killGroup(child.pid);
  };
  const onAbort = () => breach('aborted');
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => breach('timeout'), options.timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    breach,
    breached: () => first,
    stop: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

function collectOutput(
  child: ChildProcess,
  options: RunOptions,
  breach: (kind: Breach) => void,
): () => { stdout: Buffer; stderr: string } {
  const limit = options.maxOutputBytes ?? 256 * 1024 * 1024;
  const gather = (stream: NodeJS.ReadableStream | null) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) breach('output');
      else chunks.push(chunk);
    });
    return chunks;
  };
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  if (options.onLine !== undefined) tellLines(child.stderr, options.onLine);
  // A program that ends before it has read its input breaks the pipe; its exit code tells the story.
  child.stdin?.on('error', () => undefined).end(options.stdin ?? '');
  return () => ({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
}

function tellLines(stream: NodeJS.ReadableStream | null, tell: (line: string) => void): void {
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tell(line);
  });
}

interface Ended {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

function ending(child: ChildProcess, shown: string, cwd: string | undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(missing(shown, error, cwd)));
    // Leftovers of the group would keep the pipes open, and the pipes keep us waiting.
    child.once('exit', () => killGroup(child.pid));
    child.once('close', (code, killedBy) => resolve({ code, killedBy }));
  });
}

/** The error for a program that could not be started. */
export function missing(shown: string, error: NodeJS.ErrnoException, cwd?: string): Error {
  const why =
    error.code === 'ENOENT'
      ? `there is no such program on PATH or at that path${cwd === undefined ? '' : `, or the directory ${cwd} does not exist`}`
      : error.message;
  return execErrors.E_EXEC_MISSING(
    { what: `cannot start ${shown}`, why, fix: 'install it, or run `forge doctor` to see what is missing' },
    { cause: error },
  );
}

interface Judgement {
  readonly options: RunOptions;
  readonly breach: Breach | undefined;
  readonly signal: AbortSignal;
}

function judge(
  ended: Ended & { stdout: Buffer; stderr: string },
  shown: string,
  { options, breach, signal }: Judgement,
): RunResult<Buffer> {
  const { code, killedBy, stdout, stderr } = ended;
  const tail = redact(lastLines(stderr, 20), options.secrets);
  const said = tail === '' ? 'it printed no message' : tail;
  if (breach === 'aborted') throw signal.reason;
  if (breach === 'timeout')
    throw execErrors.E_EXEC_TIMEOUT({ what: `${shown} did not end within ${options.timeoutMs} ms`, why: said });
  if (breach === 'output')
    throw execErrors.E_EXEC_OUTPUT({
      what: `${shown} printed more than ${options.maxOutputBytes ?? '256 Mi'} bytes`,
      why: said,
    });
  if (code === null) throw execErrors.E_EXEC_FAILED({ what: `${shown} was killed by ${killedBy}`, why: said });
  if (!(options.accept ?? [0]).includes(code))
    throw execErrors.E_EXEC_FAILED({ what: `${shown} ended with exit code ${code}`, why: said });
  return { stdout, stderr, exitCode: code };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
