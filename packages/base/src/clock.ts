import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './context.ts';

/** The computer's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch {
      // Only an abort ends it early; the reason lies in the signal.
      signal?.throwIfAborted();
    }
  },
};
