import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isSameProcess, stopProcess } from '@cluster-forge/base/exec/process';
import {
  labDirectory,
  labStatus,
  listLabs,
  openLab,
  reapLabs,
  startLab,
  stopLab,
  type LabOptions,
} from '@cluster-forge/lab';
import { readState, recordedProcesses } from '@cluster-forge/lab/state';
import { testContext } from '../rig/context.ts';

let stateRoot = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  stateRoot = await mkdtemp(join(tmpdir(), 'forge-labs-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const ctx = testContext();
  for (const { name } of await listLabs(stateRoot)) await stopLab(stateRoot, name, ctx);
  await rm(stateRoot, { recursive: true, force: true });
});

const options = (name: string): LabOptions => ({ name, stateRoot, nodes: [], timeoutMs: 120_000 });
const recorded = (name: string) => recordedProcesses(labDirectory(stateRoot, name));
const roles = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

async function anyRunning(processes: Awaited<ReturnType<typeof recorded>>): Promise<string[]> {
  const running = await Promise.all(
    processes.map(async ({ role, identity }) => ((await isSameProcess(identity)) ? [role] : [])),
  );
  return running.flat().sort();
}

test('two labs run side by side, are listed, and end without a process or a file left', async () => {
  const ctx = testContext();
  const [east, west] = await Promise.all([startLab(options('east'), ctx), startLab(options('west'), ctx)]);
  expect(east.server).not.toBe(west.server);
  expect((await listLabs(stateRoot)).map(({ name, phase }) => ({ name, phase }))).toEqual([
    { name: 'east', phase: 'ready' },
    { name: 'west', phase: 'ready' },
  ]);
  const processes = await recorded('east');
  expect(await anyRunning(processes)).toEqual(expect.arrayContaining(roles));
  const data = (await readState(labDirectory(stateRoot, 'east')))?.dataDirectory ?? '';
  expect(existsSync(data)).toBe(true);

  await (await openLab(stateRoot, 'east', ctx)).stop(ctx);
  expect(await anyRunning(processes)).toEqual([]);
  expect(existsSync(east.directory.root)).toBe(false);
  expect(existsSync(data)).toBe(false);
  expect((await west.status())?.phase).toBe('ready');
  await expect(openLab(stateRoot, 'east', ctx)).rejects.toMatchObject({ code: 'E_LAB_ABSENT' });
  await expect(startLab(options('west'), ctx)).rejects.toMatchObject({ code: 'E_LAB_EXISTS' });
});

function startInChild(name: string, lifetime: 'ephemeral' | 'stays'): ChildProcess {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('start-lab.ts', import.meta.url)), stateRoot, name, lifetime],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  return child;
}

/** Resolves once the child has written this line. */
async function said(child: ChildProcess, line: string): Promise<void> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.split('\n').includes(line)) return;
  }
  throw new Error(`the child ended without saying "${line}": ${text}`);
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('an ephemeral lab whose owner was killed is removed by the next start', async () => {
  const child = startInChild('lost', 'ephemeral');
  await said(child, 'ready');
  const processes = await recorded('lost');
  await killed(child);
  expect(await anyRunning(processes)).toHaveLength(processes.length);
  expect((await labStatus(labDirectory(stateRoot, 'lost')))?.phase).toBe('abandoned');

  const ctx = testContext();
  await startLab(options('next'), ctx);
  expect(await anyRunning(processes)).toEqual([]);
  expect((await listLabs(stateRoot)).map(({ name }) => name)).toEqual(['next']);
  expect(ctx.events).toContainEqual(
    expect.objectContaining({ kind: 'note', text: expect.stringContaining('removed lab lost') }),
  );
});

test('a start that was killed half way leaves nothing after the next reap', async () => {
  const child = startInChild('half', 'stays');
  await said(child, 'API server answers: running');
  await killed(child);
  const processes = await recorded('half');
  expect(processes.length).toBeGreaterThan(0);
  await expect(reapLabs(stateRoot, testContext())).resolves.toEqual(['half']);
  expect(await anyRunning(processes)).toEqual([]);
  expect(await listLabs(stateRoot)).toEqual([]);
});

test('a lab that stays outlives the process that started it', async () => {
  const child = startInChild('stays', 'stays');
  await said(child, 'ready');
  await killed(child);
  await expect(reapLabs(stateRoot, testContext())).resolves.toEqual([]);
  expect((await (await openLab(stateRoot, 'stays', testContext())).status())?.phase).toBe('ready');
});

test('a lab that lost a process says which and why, and gives way to a new one', async () => {
  const ctx = testContext();
  const lab = await startLab(options('frail'), ctx);
  const scheduler = (await recorded('frail')).find(({ role }) => role === 'kube-scheduler');
  if (scheduler === undefined) throw new Error('no scheduler on record');
  await stopProcess(scheduler.identity, {}, ctx);
  const status = await lab.status();
  expect(status?.phase).toBe('broken');
  expect(status?.processes.filter(({ running }) => !running)).toEqual([
    expect.objectContaining({ role: 'kube-scheduler', logTail: expect.stringMatching(/./) }),
  ]);
  const again = await startLab(options('frail'), ctx);
  expect((await again.status())?.phase).toBe('ready');
});

test('a program that dies at once is named with the end of its log, and nothing stays behind', async () => {
  const ctx = testContext();
  const broken = join(stateRoot, 'broken-apiserver');
  await writeFile(broken, '#!/bin/sh\necho "flag provided but not understood"\nexit 3\n');
  await chmod(broken, 0o755);
  const tools = {
    resolve: async (...[tool, context]: Parameters<typeof ctx.tools.resolve>) =>
      tool === 'kube-apiserver' ? { path: broken } : ctx.tools.resolve(tool, context),
  };
  await expect(startLab(options('sick'), { ...ctx, tools })).rejects.toMatchObject({
    code: 'E_LAB_PROCESS',
    message: 'kube-apiserver ended (exit code 3)',
    problem: { why: expect.stringContaining('flag provided but not understood') },
  });
  expect(await listLabs(stateRoot)).toEqual([]);
  expect(await recorded('sick')).toEqual([]);
  // The error names this file.
  expect(await readFile(join(labDirectory(stateRoot, 'sick').logs, 'kube-apiserver.log'), 'utf8')).toContain(
    'not understood',
  );
});

test('a port that somebody else took meanwhile is no reason to fail', async () => {
  const ctx = testContext();
  const { path } = await ctx.tools.resolve('kube-apiserver', ctx);
  const wrapper = join(stateRoot, 'once-refused');
  await writeFile(
    wrapper,
    `#!/bin/sh\nif mkdir "${stateRoot}/refused" 2>/dev/null; then echo "bind: address already in use"; exit 1; fi\nexec "${path}" "$@"\n`,
  );
  await chmod(wrapper, 0o755);
  const tools: typeof ctx.tools = {
    resolve: async (tool, context) =>
      tool === 'kube-apiserver' ? { path: wrapper } : ctx.tools.resolve(tool, context),
  };
  const lab = await startLab(options('second-try'), { ...ctx, tools });
  expect(existsSync(join(stateRoot, 'refused'))).toBe(true);
  expect((await lab.status())?.phase).toBe('ready');
});

test('an aborted start ends what it had started', async () => {
  const stop = new AbortController();
  const ctx = testContext(stop.signal);
  const run = labDirectory(stateRoot, 'short').run;
  const pids: number[] = [];
  const tools = {
    resolve: (...[tool, context]: Parameters<typeof ctx.tools.resolve>) => ctx.tools.resolve(tool, context),
  };
  const host = {
    ...ctx.host,
    emit: (event: Parameters<typeof ctx.host.emit>[0]) => {
      if (event.kind !== 'task' || event.title !== 'API server answers') return;
      void readFile(join(run, 'etcd.json'), 'utf8').then((text) => {
        pids.push(JSON.parse(text).pid);
        stop.abort(new Error('enough'));
      });
    },
  };
  await expect(startLab(options('short'), { ...ctx, tools, host })).rejects.toThrow('enough');
  expect(pids).not.toEqual([]);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(await listLabs(stateRoot)).toEqual([]);
});

test.each(['', 'Upper', '../up', 'a'.repeat(41), 'dash-'])(
  'the name %j is refused before anything is made',
  async (name) => {
    await expect(startLab(options(name), testContext())).rejects.toMatchObject({ code: 'E_LAB_NAME', exit: 2 });
  },
);
