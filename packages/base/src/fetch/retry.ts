import type { Context } from '../context.ts';

/** When a failed try is repeated. */
export interface RetryPolicy {
  /** Tries in all; 1 means no repetition. Default 5. */
  readonly tries: number;
  /** The wait before the second try is a random part of this; the limit doubles each time. Default 250. */
  readonly firstDelayMs: number;
  /** No random wait is longer. Default 15,000. */
  readonly maxDelayMs: number;
  /** A server that asks for a longer wait than this is given up. Default 60,000. */
  readonly maxRetryAfterMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  tries: 5,
  firstDelayMs: 250,
  maxDelayMs: 15_000,
  maxRetryAfterMs: 60_000,
};

/** What came of one try. `again` says that another one may go better. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly error: unknown;
      readonly again: boolean;
      readonly retryAfterMs?: number | undefined;
    };

export interface RetryPorts {
  /** From 0 up to but not including 1. */
  readonly random: () => number;
  /** Told before each wait. */
  readonly onRetry: (error: unknown, tries: number, delayMs: number) => void;
}

/** Repeats `attempt` under the policy; ends with the value, or throws the error of the last try. */
export async function withRetries<T>(
  policy: RetryPolicy,
  ports: RetryPorts,
  ctx: Context,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    ctx.signal.throwIfAborted();
    const outcome = await attempt();
    if (outcome.ok) return outcome.value;
    ctx.signal.throwIfAborted();
    const delayMs = outcome.retryAfterMs ?? backoff(policy, tries, ports.random());
    if (!outcome.again || tries >= policy.tries || (outcome.retryAfterMs ?? 0) > policy.maxRetryAfterMs)
      throw outcome.error;
    ports.onRetry(outcome.error, tries, delayMs);
    await ctx.clock.sleep(delayMs, ctx.signal);
  }
}

/** Full jitter: any moment up to a limit that doubles, so that many clients of a broken server do not come back together. */
export function backoff(policy: RetryPolicy, tries: number, random: number): number {
  return Math.round(random * Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (tries - 1)));
}

/** Reads a Retry-After header (RFC 9110, section 10.2.3): seconds or an HTTP date. Undefined when absent or unreadable; never negative. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
