import type { Context } from '@cluster-forge/base';

/** Work by key: added any number of times, done one at a time per key, again when it was added meanwhile. */
export interface KeyedQueue {
  add(key: string): void;
  /** Adds at a time (milliseconds since 1970); an earlier one for the same key counts. */
  addAt(key: string, at: number): void;
  /** Resolves when nothing runs and nothing is due now; for tests. */
  idle(): Promise<void>;
}

export interface QueueOptions {
  readonly concurrency: number;
  /** Called when work failed; it is tried again after a growing pause. */
  readonly onFailure: (key: string, error: unknown) => void;
}

type QueueContext = Pick<Context, 'signal' | 'clock'>;

const firstPauseMs = 200;
const longestPauseMs = 10_000;

/** A level-triggered queue. It ends with the context's signal; work under way sees the same signal. */
export function createQueue(
  work: (key: string) => Promise<void>,
  options: QueueOptions,
  ctx: QueueContext,
): KeyedQueue {
  const waiting = new Set<string>();
  const running = new Set<string>();
  const failures = new Map<string, number>();
  let onIdle: (() => void)[] = [];

  const pump = (): void => {
    for (const key of waiting) {
      if (ctx.signal.aborted || running.size >= options.concurrency) break;
      if (running.has(key)) continue;
      waiting.delete(key);
      running.add(key);
      void runOne(key);
    }
    if (running.size > 0 || (waiting.size > 0 && !ctx.signal.aborted)) return;
    for (const resolve of onIdle) resolve();
    onIdle = [];
  };
  const runOne = async (key: string): Promise<void> => {
    try {
      await work(key);
      failures.delete(key);
    } catch (error) {
      if (!ctx.signal.aborted) fail(key, error);
    }
    running.delete(key);
    pump();
  };
  const fail = (key: string, error: unknown): void => {
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    options.onFailure(key, error);
    addAt(key, ctx.clock.now() + Math.min(firstPauseMs * 2 ** (count - 1), longestPauseMs));
  };
  const add = (key: string): void => {
    waiting.add(key);
    pump();
  };
  const addAt = createTimer(add, ctx);
  return { add, addAt, idle: () => new Promise((resolve) => (onIdle.push(resolve), pump())) };
}

/** Calls `add` when a key's time has come; of several times for one key the earliest. */
function createTimer(add: (key: string) => void, ctx: QueueContext): (key: string, at: number) => void {
  const due = new Map<string, number>();
  const ring = (key: string, at: number) => {
    if (due.get(key) !== at) return;
    due.delete(key);
    add(key);
  };
  return (key, at) => {
    const known = due.get(key);
    if (known !== undefined && known <= at) return;
    due.set(key, at);
    const waited = ctx.clock.sleep(Math.max(0, at - ctx.clock.now()), ctx.signal);
    // Aborted: nobody needs the key any more.
    waited.then(
      () => ring(key, at),
      () => undefined,
    );
  };
}
