import { expect, it } from 'vitest';
import { pool } from './pool.ts';

const never = new AbortController().signal;

it('runs as many works as it is wide, in order', async () => {
  const workers = pool(2);
  const events: string[] = [];
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const works = gates.map((gate, index) =>
    workers.run(async () => {
      events.push(`start ${index}`);
      await gate.promise;
      events.push(`end ${index}`);
    }, never),
  );
  gates[1]?.resolve();
  await works[1];
  gates[2]?.resolve();
  await works[2];
  expect(events).toEqual(['start 0', 'start 1', 'end 1', 'start 2', 'end 2', 'start 3']);
  gates[0]?.resolve();
  gates[3]?.resolve();
  await Promise.all(works);
});

it('goes on after a failure', async () => {
  const workers = pool(1);
  await expect(workers.run(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no');
  expect(await workers.run(() => Promise.resolve(1), never)).toBe(1);
});

it('takes what waits out of the queue on abort, and only that', async () => {
  const workers = pool(1);
  const gate = Promise.withResolvers<void>();
  const controller = new AbortController();
  const first = workers.run(() => gate.promise, never);
  const second = workers.run(() => Promise.resolve('second'), controller.signal);
  const third = workers.run(() => Promise.resolve('third'), never);
  controller.abort(new Error('stop'));
  await expect(second).rejects.toThrow('stop');
  gate.resolve();
  await first;
  expect(await third).toBe('third');
});

it.each([
  [0, 1],
  [2.9, 2],
])('a limit of %d means %d', (limit, width) => {
  expect(pool(limit).limit).toBe(width);
});
