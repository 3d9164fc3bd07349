/** Runs at most `limit` works at a time, first come first served. */
export interface Pool {
  readonly limit: number;
  /** Rejects with the signal's reason when it aborts while the work still waits; a running work sees the signal itself. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** A bounded pool of workers. `limit` is at least 1. */
export function pool(limit: number): Pool {
  const width = Math.max(1, Math.floor(limit));
  const waiting = new Set<() => void>();
  let running = 0;

  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        running += 1;
        resolve();
      };
      const leave = () => {
        waiting.delete(enter);
        reject(signal.reason);
      };
      if (running < width) return enter();
      waiting.add(enter);
      signal.addEventListener('abort', leave, { once: true });
    });

  const next = () => {
    running -= 1;
    const [first] = waiting;
    if (first === undefined) return;
    waiting.delete(first);
    first();
  };

  return {
    limit: width,
    run: async (work, signal) => {
      signal.throwIfAborted();
      await turn(signal);
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}
