import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Context } from '../context.ts';
import { startProcess, stopProcess } from '../exec/process.ts';
import { takeTurn, withLock, type LockHolder } from './lock.ts';

const ctx: Context = {
  signal: new AbortController().signal,
  clock: systemClock,
  host: { emit: () => undefined, ask: () => Promise.reject(new Error('no')) },
};
let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'forge-lock-'));
});
afterEach(() => rm(path, { recursive: true }));

const lock = <T>(work: () => Promise<T>, more = {}, context = ctx) =>
  withLock({ path: join(path, 'lock'), purpose: 'test', ...more }, context, work);

it('gives the value, and lets the next one in after success and after failure', async () => {
  expect(await lock(() => Promise.resolve(1))).toBe(1);
  await expect(lock(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await lock(() => Promise.resolve(2), { ifHeld: 'fail' })).toBe(2);
  expect(await readdir(join(path, 'lock'))).toHaveLength(1);
});

it('names the holder to the one who will not wait', async () => {
  const refused = lock(() => lock(() => Promise.resolve(), { ifHeld: 'fail' }), { purpose: 'build helm' });
  await expect(refused).rejects.toMatchObject({
    code: 'E_LOCK_HELD',
    problem: { why: expect.stringMatching(new RegExp(`process ${process.pid} on .* since 20.*build helm`)) },
  });
});

it('stops waiting on abort', async () => {
  const controller = new AbortController();
  const onWait = (holder: LockHolder) => controller.abort(new Error(`stop waiting for ${holder.purpose}`));
  await lock(() =>
    expect(lock(() => Promise.resolve(), { onWait }, { ...ctx, signal: controller.signal })).rejects.toThrow(
      'stop waiting for test',
    ),
  );
});

it.each([
  ['died', { pid: 2 ** 22 + 1, startTime: '1@x' }, 'wait'],
  ['has a number that another process has now', { pid: process.pid, startTime: '1@x' }, 'wait'],
])('takes over from a holder that %s', async (_, identity) => {
  const { hostname } = await import('node:os');
  await lock(() => Promise.resolve());
  await writeFile(
    join(path, 'lock', '1'),
    JSON.stringify({ ...identity, host: hostname(), purpose: 'dead', since: 0 }),
  );
  expect(await lock(() => Promise.resolve('ours'), { ifHeld: 'fail' })).toBe('ours');
});

it.each(['', '{', '[]', '{"pid":1}'])('is not blocked by a file that says %j', async (text) => {
  await lock(() => Promise.resolve());
  await writeFile(join(path, 'lock', '1'), text);
  expect(await lock(() => Promise.resolve('ours'), { ifHeld: 'fail' })).toBe('ours');
});

it('does not judge a holder on another computer', async () => {
  await lock(() => Promise.resolve());
  await writeFile(
    join(path, 'lock', '1'),
    JSON.stringify({ pid: 1, startTime: 'x', host: 'elsewhere.example', purpose: 'p', since: 0 }),
  );
  await expect(lock(() => Promise.resolve(), { ifHeld: 'fail' })).rejects.toMatchObject({ code: 'E_LOCK_HELD' });
});

it('does not take a turn that is over, even if its number is free again', async () => {
  await writeFile(join(path, '5'), '{}');
  expect(await takeTurn(path, 2, '{}')).toBe(false);
  expect(await takeTurn(path, 5, '{}')).toBe(false);
  expect(await readdir(path)).toEqual(['5']);
  expect(await takeTurn(path, 6, '{}')).toBe(true);
  expect(await readdir(path)).toEqual(['6']);
});

it('lets one process at a time change a counter, also when some are killed inside', async () => {
  const url = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    const { withLock } = await import(${url('lock.ts')});
    const { systemClock } = await import(${url('../clock.ts')});
    const { readFileSync, writeFileSync, appendFileSync, existsSync } = await import('node:fs');
    const ctx = { signal: new AbortController().signal, clock: systemClock, host: {} };
    const busy = ${JSON.stringify(join(path, 'busy'))}, file = ${JSON.stringify(join(path, 'counter'))};
    for (let round = 0; round < 20; round += 1) await withLock({ path: ${JSON.stringify(join(path, 'lock'))}, purpose: 'count' }, { ...ctx, clock: { ...systemClock, sleep: () => systemClock.sleep(1) } }, async () => {
      if (existsSync(busy) && readFileSync(busy, 'utf8') !== '') appendFileSync(file + '.overlap', 'x');
      writeFileSync(busy, 'x');
      const value = Number(readFileSync(file, 'utf8'));
      await new Promise(setImmediate);
      writeFileSync(file, String(value + 1));
      writeFileSync(busy, '');
      if (process.argv[1] === 'dies' && round === 5) process.kill(process.pid, 'SIGKILL');
    });`;
  await writeFile(join(path, 'counter'), '0');
  const start = (kind: string) =>
    startProcess(execPath, ['--input-type=module', '-e', script, kind], { logFile: join(path, 'log') }, ctx);
  const children = await Promise.all(['lives', 'dies', 'lives', 'dies'].map(start));
  const ends = await Promise.all(children.map(({ ended }) => ended));
  await Promise.all(children.map((child) => stopProcess(child, {}, ctx)));
  expect(ends.map(({ killedBy }) => killedBy)).toEqual([null, 'SIGKILL', null, 'SIGKILL']);
  expect(await readFile(join(path, 'counter'), 'utf8')).toBe(String(2 * 20 + 2 * 6));
  expect(await readdir(path)).not.toContain('counter.overlap');
});
