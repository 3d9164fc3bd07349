/** Bounds how many pieces of work run at once, and adapts the bound to what the server takes. */
export interface Limiter {
  /** Waits for a place, runs, frees it. Rejects with the signal's reason when it aborts first. */
  run<T>(work: (place: Place) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** What is allowed now and what runs; for progress and tests. */
  state(): { readonly limit: number; readonly running: number; readonly waiting: number };
}

export interface Place {
  /** The work was answered after so many milliseconds. `sort` groups work of like weight, such as `apply customresourcedefinitions`. */
  answered(sort: string, latencyMs: number): void;
  /** The server asked to slow down (429, 503 with Retry-After). */
  throttled(): void;
}

export interface LimiterOptions {
  /** Where it begins, and what slow answers alone do not go below: large CRDs are slow however few are sent. */
  readonly start: number;
  readonly min: number;
  readonly max: number;
}

/** Latency so many times the best seen of its sort means that more at once only queues in the server. */
const crowdedFactor = 6;
const crowdedFloorMs = 200;

interface State {
  limit: number;
  running: number;
  /** Answers since the limit changed last. */
  answers: number;
  /** How often the limit changed. Work that began before a change says nothing about the limit after it. */
  changes: number;
  readonly waiting: Set<() => void>;
  readonly bestMs: Map<string, number>;
}

/**
 * Additive increase, multiplicative decrease: one more place after each full round of quick answers while all places are taken, half as many after a 429,
 * a tenth fewer, but not below the start, after a round that was much slower than the best of its sort. One burst of 429 counts once.
 */
export function createLimiter(options: LimiterOptions): Limiter {
  const state: State = {
    limit: options.start,
    running: 0,
    answers: 0,
    changes: 0,
    waiting: new Set(),
    bestMs: new Map(),
  };
  return {
    async run(work, signal) {
      await enter(state, signal);
      try {
        return await work(placeOf(state, options));
      } finally {
        state.running -= 1;
        wake(state);
      }
    },
    state: () => ({ limit: state.limit, running: state.running, waiting: state.waiting.size }),
  };
}

function placeOf(state: State, { start, min, max }: LimiterOptions): Place {
  const { changes } = state;
  return {
    answered(sort, latencyMs) {
      const best = Math.min(state.bestMs.get(sort) ?? latencyMs, latencyMs);
      state.bestMs.set(sort, best);
      if (changes === state.changes) state.answers += 1;
      if (state.answers < state.limit) return;
      const isCrowded = latencyMs > Math.max(best * crowdedFactor, crowdedFloorMs);
      const isFull = state.waiting.size > 0 || state.running >= state.limit;
      if (isCrowded) change(state, Math.max(Math.min(start, state.limit), Math.floor(state.limit * 0.9)));
      else if (isFull) change(state, Math.min(max, state.limit + 1));
    },
    throttled() {
      if (changes === state.changes) change(state, Math.max(min, Math.floor(state.limit / 2)));
    },
  };
}

function change(state: State, limit: number): void {
  state.limit = limit;
  state.answers = 0;
  state.changes += 1;
  wake(state);
}

function enter(state: State, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (state.running < state.limit && state.waiting.size === 0) {
    state.running += 1;
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    const leave = () => {
      state.waiting.delete(admit);
      reject(reasonOf(signal));
    };
    const admit = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    signal.addEventListener('abort', leave, { once: true });
    state.waiting.add(admit);
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
}

/** Whoever waits longest goes first. */
function wake(state: State): void {
  for (const admit of state.waiting) {
    if (state.running >= state.limit) return;
    state.waiting.delete(admit);
    state.running += 1;
    admit();
  }
}
