import { expect, test } from 'vitest';
import { runTask, type Context, type Task } from './context.ts';
import { failed } from './error.ts';
import type { Event } from './event.ts';

function rig(): { readonly ctx: Context; readonly told: () => readonly string[] } {
  const events: Event[] = [];
  const ctx: Context = {
    signal: new AbortController().signal,
    clock: { now: () => 0, sleep: async () => {} },
    host: { emit: (event) => void events.push(event), ask: async () => '' },
  };
  return {
    ctx,
    told: () =>
      events.map((event) =>
        event.kind === 'task' ? `${event.state}${event.detail === undefined ? '' : ` ${event.detail}`}` : event.kind,
      ),
  };
}

const spec = { id: 'a', title: 'A' };

test.each<[string, (task: Task) => void, readonly string[]]>([
  ['done is told at the end', () => {}, ['running', 'done']],
  ['the last detail stays', (task) => task.update({ detail: 'helm' }), ['running', 'running helm', 'done helm']],
  [
    'cached is told once, at the end',
    (task) => task.update({ state: 'cached', detail: 'known' }),
    ['running', 'cached known'],
  ],
])('%s', async (_, work, expected) => {
  const { ctx, told } = rig();
  await runTask(spec, ctx, async (task) => work(task));
  expect(told()).toEqual(expected);
});

test('a failure is told with its text and thrown on', async () => {
  const { ctx, told } = rig();
  const failure = runTask(spec, ctx, async (task) => {
    task.update({ detail: 'helm' });
    throw new Error('no such chart');
  });
  await expect(failure).rejects.toThrow('no such chart');
  expect(told()).toEqual(['running', 'running helm', 'failed no such chart']);
});

test.each<[string, (task: Task) => unknown, readonly string[]]>([
  ['a failed result', () => failed(['a problem']), ['running', 'failed']],
  [
    'an end that the work set',
    (task) => task.update({ state: 'failed', detail: '2 of 3' }),
    ['running', 'failed 2 of 3'],
  ],
])('%s ends a task as failed, once', async (_, work, expected) => {
  const { ctx, told } = rig();
  await runTask(spec, ctx, async (task) => work(task));
  expect(told()).toEqual(expected);
});
