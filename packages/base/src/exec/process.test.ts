import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { identify, isSameProcess, startProcess, stopProcess, type ProcessIdentity } from './process.ts';

const ctx = { signal: new AbortController().signal, clock: systemClock };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forge-process-'));
});
afterEach(() => rm(directory, { recursive: true }));

const start = (script: string, more = {}) =>
  startProcess(execPath, ['-e', script], { logFile: join(directory, 'log'), ...more }, ctx);
const stays = 'setInterval(() => {}, 1000); console.log("ready");';

async function logged(text: string): Promise<void> {
  while (!(await readFile(join(directory, 'log'), 'utf8')).includes(text)) await ctx.clock.sleep(10);
}

describe('startProcess', () => {
  it('appends both streams to the log and tells how it ended', async () => {
    const { ended } = await start('console.log("one"); console.error("two"); process.exitCode = 7');
    expect(await ended).toEqual({ exitCode: 7, killedBy: null });
    expect(await readFile(join(directory, 'log'), 'utf8')).toBe('one\ntwo\n');
  });

  it('reports a program that does not exist', async () => {
    await expect(startProcess('no-such-program', [], {}, ctx)).rejects.toMatchObject({ code: 'E_EXEC_MISSING' });
  });

  it('leaves a detached process running when its parent dies, to be found by its identity', async () => {
    const parent = `
      const { startProcess } = await import(${JSON.stringify(new URL('process.ts', import.meta.url).href)});
      const child = await startProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true }, { signal: new AbortController().signal });
      console.log(JSON.stringify({ pid: child.pid, startTime: child.startTime }));
      process.kill(process.pid, 'SIGKILL');`;
    const child = await orphanOf(parent);
    expect(await isSameProcess(child)).toBe(true);
    expect(await stopProcess(child, {}, ctx)).toBe('stopped');
    expect(await isSameProcess(child)).toBe(false);
  });
});

/** Runs a parent in a group of its own, so that its end does not take the child with it, and reads the identity it printed. */
async function orphanOf(script: string): Promise<ProcessIdentity> {
  const { ended } = await startProcess(
    execPath,
    ['--input-type=module', '-e', script],
    { logFile: join(directory, 'log') },
    ctx,
  );
  expect(await ended).toEqual({ exitCode: null, killedBy: 'SIGKILL' });
  return JSON.parse(await readFile(join(directory, 'log'), 'utf8'));
}

describe('stopProcess', () => {
  it('lets a process end by itself', async () => {
    const child = await start(`process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); ${stays}`);
    await logged('ready');
    expect(await stopProcess(child, {}, ctx)).toBe('stopped');
    await logged('bye');
  });

  it('kills one that does not listen', async () => {
    const child = await start(`process.on("SIGTERM", () => {}); ${stays}`);
    await logged('ready');
    expect(await stopProcess(child, { graceMs: 50 }, ctx)).toBe('killed');
    expect(await child.ended).toEqual({ exitCode: null, killedBy: 'SIGKILL' });
  });

  it('touches nobody when the number belongs to another process now', async () => {
    const child = await start(stays);
    expect(await stopProcess({ pid: child.pid, startTime: 'an earlier one' }, {}, ctx)).toBe('gone');
    expect(await isSameProcess(child)).toBe(true);
    await stopProcess(child, { graceMs: 0 }, ctx);
  });
});

describe('identify', () => {
  it('knows this process and no process', async () => {
    const own = await identify();
    expect(own?.pid).toBe(process.pid);
    expect(await identify(2 ** 22 + 1)).toBeUndefined();
  });

  it('does not count a process that ended but was never waited for', async () => {
    const parent = await startProcess(
      'sh',
      ['-c', 'sleep 0.3 & echo "pid $!"; exec sleep 60'],
      { logFile: join(directory, 'log') },
      ctx,
    );
    await logged('pid');
    const pid = Number(/pid (\d+)/.exec(await readFile(join(directory, 'log'), 'utf8'))?.[1]);
    while ((await identify(pid)) !== undefined) await ctx.clock.sleep(10);
    expect((await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')[2]).toBe('Z');
    await stopProcess(parent, {}, ctx);
  });

  it('reads programs whose names contain spaces and parentheses', async () => {
    await symlink('/bin/sleep', join(directory, 'a) b (c'));
    const child = await startProcess(join(directory, 'a) b (c'), ['60'], {}, ctx);
    expect(child.startTime).toMatch(/^\d+@/);
    expect(await stopProcess(child, {}, ctx)).toBe('stopped');
  });
});
