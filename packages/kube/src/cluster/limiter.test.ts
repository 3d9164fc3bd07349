import { describe, expect, it } from 'vitest';
import { createLimiter, type Limiter, type Place } from './limiter.ts';

const forever = new AbortController().signal;

/** Work that ends when told. */
function open(limiter: Limiter, signal = forever) {
  const { promise, resolve } = Promise.withResolvers<(place: Place) => void>();
  const { promise: started, resolve: start } = Promise.withResolvers<undefined>();
  const done = limiter.run(async (place) => {
    start(undefined);
    (await promise)(place);
  }, signal);
  return { started, done, end: (tell: (place: Place) => void = () => undefined) => resolve(tell) };
}

describe('createLimiter', () => {
  it('runs as many at once as allowed, the others in their order', async () => {
    const limiter = createLimiter({ start: 2, min: 1, max: 2 });
    const work = [open(limiter), open(limiter), open(limiter), open(limiter)];
    await work[1]?.started;
    expect(limiter.state()).toEqual({ limit: 2, running: 2, waiting: 2 });
    work[1]?.end();
    await work[2]?.started;
    expect(limiter.state()).toEqual({ limit: 2, running: 2, waiting: 1 });
    for (const { end } of work) end();
    await Promise.all(work.map(({ done }) => done));
    expect(limiter.state()).toEqual({ limit: 2, running: 0, waiting: 0 });
  });

  it('frees the place of work that fails', async () => {
    const limiter = createLimiter({ start: 1, min: 1, max: 1 });
    await expect(limiter.run(() => Promise.reject(new Error('no')), forever)).rejects.toThrow('no');
    expect(limiter.state().running).toBe(0);
  });

  it('lets an aborted waiter go, and keeps its place for others', async () => {
    const limiter = createLimiter({ start: 1, min: 1, max: 1 });
    const stop = new AbortController();
    const [first, second] = [open(limiter), open(limiter, stop.signal)];
    stop.abort(new Error('enough'));
    await expect(second.done).rejects.toThrow('enough');
    expect(limiter.state().waiting).toBe(0);
    first.end();
    await first.done;
    await expect(limiter.run(() => Promise.resolve(7), forever)).resolves.toBe(7);
  });

  /** Rounds of full load, each answered with these latencies. */
  async function rounds(limiter: Limiter, latencies: readonly number[], tell?: (place: Place) => void) {
    for (const latency of latencies) {
      const work = Array.from({ length: limiter.state().limit * 2 }, () => open(limiter));
      for (const { end } of work) end(tell ?? ((place) => place.answered('apply', latency)));
      await Promise.all(work.map(({ done }) => done));
    }
  }

  it('grows while answers are quick, up to the maximum', async () => {
    const limiter = createLimiter({ start: 2, min: 1, max: 5 });
    await rounds(limiter, [10]);
    expect(limiter.state().limit).toBeGreaterThan(2);
    await rounds(limiter, [10, 10, 10, 10, 10, 10]);
    expect(limiter.state().limit).toBe(5);
  });

  it('shrinks when answers become much slower than the best, not below the start', async () => {
    const limiter = createLimiter({ start: 4, min: 1, max: 20 });
    await rounds(
      limiter,
      Array.from({ length: 20 }, () => 10),
    );
    const grown = limiter.state().limit;
    await rounds(limiter, [5000]);
    expect(limiter.state().limit).toBeLessThan(grown);
    await rounds(
      limiter,
      Array.from({ length: 40 }, () => 5000),
    );
    expect(limiter.state().limit).toBe(4);
  });

  it('compares only work of one sort', async () => {
    const limiter = createLimiter({ start: 2, min: 1, max: 4 });
    await rounds(limiter, [10, 10, 10, 10, 10, 10]);
    expect(limiter.state().limit).toBe(4);
    await rounds(limiter, [0, 0, 0], (place) => place.answered('apply customresourcedefinitions', 5000));
    expect(limiter.state().limit).toBe(4);
  });

  it('halves when throttled, once for a burst, not below the minimum', async () => {
    const limiter = createLimiter({ start: 16, min: 3, max: 16 });
    const burst = Array.from({ length: 16 }, () => open(limiter));
    for (const { end } of burst) end((place) => place.throttled());
    await Promise.all(burst.map(({ done }) => done));
    expect(limiter.state().limit).toBe(8);
    for (let count = 0; count < 5; count += 1) {
      await limiter.run((place) => Promise.resolve(place.answered('apply', 1)), forever);
      await limiter.run((place) => Promise.resolve(place.throttled()), forever);
    }
    expect(limiter.state().limit).toBe(3);
  });
});
