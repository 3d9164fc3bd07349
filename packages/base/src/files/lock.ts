import { hostname } from 'node:os';
import { link, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { identify, isSameProcess, type ProcessIdentity } from '../exec/process.ts';
import { isObject } from '../json.ts';
import { writeError, writeFileAtomic } from './atomic.ts';
import { fileErrors } from './errors.ts';

/** Who holds a lock, as a person and as a program may ask. */
export interface LockHolder extends ProcessIdentity {
  readonly host: string;
  /** What it is doing, for the one who waits. */
  readonly purpose: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface LockOptions {
  /** Directory of the lock; made when missing, kept afterwards. */
  readonly path: string;
  readonly purpose: string;
  /** `fail`: E_LOCK_HELD at once, naming the holder. Default: wait until the holder is gone or the signal aborts. */
  readonly ifHeld?: 'wait' | 'fail';
  /** Called once when there is somebody to wait for. */
  readonly onWait?: (holder: LockHolder) => void;
}

/**
 * Runs `work` while no other process of this computer does so under the same lock. A holder that died, even by SIGKILL or with its computer, holds
 * nothing any more: it is recognised by process number and start time.
 *
 * The lock is a directory of numbered files; the highest number counts. To take over from a dead or finished holder one creates the next number, which
 * only one process can, and then looks again for a higher one: so a taker that was asleep in between sees that it came too late.
 */
export async function withLock<T>(options: LockOptions, ctx: Context, work: () => Promise<T>): Promise<T> {
  const turn = await acquire(options, ctx);
  try {
    return await work();
  } finally {
    await release(options.path, turn);
  }
}

const pollMs = 100;

async function acquire(options: LockOptions, ctx: Context): Promise<number> {
  await mkdir(options.path, { recursive: true }).catch((error: unknown) =>
    Promise.reject(writeError(options.path, error)),
  );
  const own = await holderText(options.purpose, ctx);
  for (let waiting = false; ;) {
    ctx.signal.throwIfAborted();
    const last = await highest(options.path);
    const holder = last === 0 ? undefined : await holderOf(options.path, last);
    if (holder === undefined) {
      if (await takeTurn(options.path, last + 1, own)) return last + 1;
      continue;
    }
    if (options.ifHeld === 'fail') throw held(options, holder);
    if (!waiting) options.onWait?.(holder);
    waiting = true;
    await ctx.clock.sleep(pollMs, ctx.signal);
  }
}

/**
 * True when `turn` became ours. Files of earlier turns are removed only by the one who holds a later one, so a later file proves that our number was free
 * only because it is over.
 */
export async function takeTurn(path: string, turn: number, holder: string): Promise<boolean> {
  const temporary = join(path, `.${randomUUID()}`);
  try {
    await writeFile(temporary, holder);
    await link(temporary, join(path, String(turn)));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw writeError(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
  const turns = await turnsOf(path);
  if (turns.some((other) => other > turn)) {
    await rm(join(path, String(turn)), { force: true });
    return false;
  }
  await Promise.all(
    turns.filter((other) => other < turn).map((other) => rm(join(path, String(other)), { force: true })),
  );
  return true;
}

async function release(path: string, turn: number): Promise<void> {
  await writeFileAtomic(join(path, String(turn)), '{}');
}

/** The living holder of a turn; undefined when it finished, died, or the file says nothing. */
async function holderOf(path: string, turn: number): Promise<LockHolder | undefined> {
  const text = await readFile(join(path, String(turn)), 'utf8').catch(() => '{}');
  const holder = parseHolder(text);
  if (holder === undefined) return undefined;
  // Processes of another computer (a shared home directory) cannot be looked at, so they count as alive.
  return holder.host !== hostname() || (await isSameProcess(holder)) ? holder : undefined;
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Accepts what `holderText` writes; `{}` after a release is no holder. */
function isHolder(value: unknown): value is LockHolder {
  if (!isObject(value)) return false;
  const { pid, startTime, host, purpose, since } = value;
  return (
    typeof pid === 'number' &&
    typeof since === 'number' &&
    [startTime, host, purpose].every((text) => typeof text === 'string')
  );
}

async function holderText(purpose: string, ctx: Context): Promise<string> {
  const identity = (await identify()) ?? { pid: process.pid, startTime: 'unknown' };
  return JSON.stringify({ ...identity, host: hostname(), purpose, since: ctx.clock.now() } satisfies LockHolder);
}

async function turnsOf(path: string): Promise<number[]> {
  const names = await readdir(path);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function highest(path: string): Promise<number> {
  return Math.max(0, ...(await turnsOf(path)));
}

function held(options: LockOptions, holder: LockHolder): Error {
  return fileErrors.E_LOCK_HELD({
    what: `cannot start: ${options.purpose}`,
    why: `process ${holder.pid} on ${holder.host} is at it since ${new Date(holder.since).toISOString()} (${holder.purpose})`,
    fix: `wait until it ends, or stop it with \`kill ${holder.pid}\``,
    where: { file: options.path },
  });
}
