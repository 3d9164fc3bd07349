import { expect, test } from 'vitest';
import { createQueue } from './queue.ts';

/** A clock that stands until it is moved. */
function manualClock() {
  let time = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    sleep: (ms: number) => new Promise<void>((wake) => void sleepers.push({ at: time + ms, wake })),
    move: async (ms: number) => {
      time += ms;
      for (const { at, wake } of sleepers) if (at <= time) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function rig(work: (key: string, log: string[]) => Promise<void>) {
  const log: string[] = [];
  const clock = manualClock();
  const stop = new AbortController();
  const failures: string[] = [];
  const queue = createQueue(
    (key) => work(key, log),
    { concurrency: 2, onFailure: (key) => void failures.push(key) },
    { clock, signal: stop.signal },
  );
  return { queue, log, clock, failures, stop };
}

test('a key added many times while it runs is done once more, never twice at a time', async () => {
  let release = () => undefined as void;
  const { queue, log } = rig(async (key, log) => {
    log.push(`${key} begins`);
    await new Promise<void>((resolve) => (release = resolve));
    log.push(`${key} ends`);
  });
  queue.add('a');
  queue.add('a');
  queue.add('a');
  expect(log).toEqual(['a begins']);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['a begins', 'a ends', 'a begins']);
  release();
  await queue.idle();
  expect(log).toEqual(['a begins', 'a ends', 'a begins', 'a ends']);
});

test('no more than the allowed number runs at once', async () => {
  const releases: (() => void)[] = [];
  const { queue, log } = rig(async (key, log) => {
    log.push(key);
    await new Promise<void>((resolve) => void releases.push(resolve));
  });
  for (const key of ['a', 'b', 'c']) queue.add(key);
  expect(log).toEqual(['a', 'b']);
  releases[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['a', 'b', 'c']);
});

test('failed work is told and tried again after a pause that grows', async () => {
  const { queue, log, clock, failures } = rig(async (key, log) => {
    log.push(key);
    throw new Error('no');
  });
  queue.add('a');
  await queue.idle();
  await clock.move(199);
  expect(log).toHaveLength(1);
  await clock.move(1);
  expect(log).toHaveLength(2);
  await clock.move(399);
  expect(log).toHaveLength(2);
  await clock.move(1);
  expect(log).toHaveLength(3);
  expect(failures).toEqual(['a', 'a', 'a']);
});

test('of two times for one key the earlier counts', async () => {
  const { queue, log, clock } = rig(async (key, log) => void log.push(key));
  queue.addAt('a', 500);
  queue.addAt('a', 100);
  queue.addAt('a', 300);
  await clock.move(100);
  expect(log).toEqual(['a']);
  await clock.move(1_000);
  expect(log).toEqual(['a']);
});

test('nothing starts after the end', async () => {
  const { queue, log, stop } = rig(async (key, log) => void log.push(key));
  stop.abort();
  queue.add('a');
  await queue.idle();
  expect(log).toEqual([]);
});
