import { setTimeout as wait } from 'node:timers/promises';
import type { Context, ForgeError } from '@cluster-forge/base';
import type { Lab, LabStatus } from '@cluster-forge/lab';
import { cliErrors } from './errors.ts';
import { cut, oneLine } from './paint.ts';

const lookEveryMs = 2000;

/** Work on a lab ends with E_CLI_LAB as soon as a process of the lab has died: nothing in it would ever become ready. */
export async function whileLabLives<T>(lab: Lab, ctx: Context, work: (ctx: Context) => Promise<T>): Promise<T> {
  const died = new AbortController();
  const done = new AbortController();
  const watching = watch(lab, done.signal, (error) => died.abort(error));
  try {
    const value = await work({ ...ctx, signal: AbortSignal.any([ctx.signal, died.signal]) });
    if (!ctx.signal.aborted) died.signal.throwIfAborted();
    return value;
  } catch (error) {
    throw died.signal.aborted && !ctx.signal.aborted ? died.signal.reason : error;
  } finally {
    done.abort();
    await watching;
  }
}

async function watch(lab: Lab, done: AbortSignal, tell: (error: ForgeError) => void): Promise<void> {
  while (!done.aborted) {
    const status = await lab.status().catch(() => undefined);
    if (status?.phase === 'broken') return tell(brokenLab(status));
    await wait(lookEveryMs, undefined, { signal: done, ref: false }).catch(() => {});
  }
}

/** Why a lab cannot be used, and how to go on. */
export function brokenLab(status: LabStatus): ForgeError {
  const dead = status.processes.filter(({ running }) => !running);
  return cliErrors.E_CLI_LAB({
    what: `lab ${status.name} is broken: ${dead.map(({ role }) => role).join(', ')} ended`,
    ...(dead[0]?.logTail === undefined ? {} : { why: `the last line of its log: ${lastLine(dead[0].logTail)}` }),
    fix: 'run forge up or forge deploy --lab again: they start a lab afresh and deploy into it; forge down removes it',
  });
}

/** The end of a log, short enough for one line. */
export function lastLine(log: string): string {
  return cut(oneLine(log.trimEnd().split('\n').at(-1) ?? ''), 160);
}
