import type { Event } from '@cluster-forge/base';
import { expect, test } from 'vitest';
import { createPaint } from '../paint.ts';
import { drawEnded, drawLive } from './draw.ts';
import { createJsonReporter } from './json.ts';
import { createPlainReporter } from './plain.ts';
import { createTaskTree } from './task-tree.ts';

type TaskEvent = Extract<Event, { kind: 'task' }>;
const paint = createPaint(false);

function task(id: string, state: TaskEvent['state'], extra: Partial<TaskEvent> = {}): TaskEvent {
  return { kind: 'task', at: 1000, id, title: id, state, ...extra };
}

function written(): { readonly lines: string[]; write(text: string): void } {
  const lines: string[] = [];
  return { lines, write: (text) => void lines.push(text) };
}

test('the live view shows what runs, what it waits for, and counts the rest', () => {
  const tree = createTaskTree();
  tree.accept(task('deploy', 'running', { progress: { done: 1, total: 4, unit: 'items' } }));
  tree.accept(task('a', 'done', { parent: 'deploy' }));
  tree.accept(task('b', 'running', { parent: 'deploy', detail: 'Pod b-0: pulling image' }));
  tree.accept(task('c', 'waiting', { parent: 'deploy' }));
  const text = drawLive(tree, { columns: 100, rows: 20, now: 2000 }, paint).join('\n');
  expect(text).toContain('1/4');
  expect(text).toContain('Pod b-0: pulling image');
  expect(text).toContain('1 of 3 done, 1 waiting');
});

test('the live view never takes more lines than the terminal has', () => {
  const tree = createTaskTree();
  tree.accept(task('deploy', 'running'));
  for (let at = 0; at < 200; at += 1)
    tree.accept(task(`c${at}`, 'running', { parent: 'deploy', detail: 'x'.repeat(500) }));
  const lines = drawLive(tree, { columns: 60, rows: 10, now: 2000 }, paint);
  expect(lines.length).toBeLessThanOrEqual(8);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
});

test('a top-level task is handed over once, with its failures below it', () => {
  const tree = createTaskTree();
  expect(tree.accept(task('deploy', 'running'))).toBeUndefined();
  tree.accept(task('a', 'failed', { parent: 'deploy', detail: 'no such image' }));
  const ended = tree.accept(task('deploy', 'failed', { at: 4000 }));
  expect(ended === undefined ? [] : drawEnded(ended, paint)).toEqual(['✘ deploy 3.0 s', '  ✘ a 0.0 s  no such image']);
  expect(tree.accept(task('deploy', 'failed'))).toBeUndefined();
});

test('the plain reporter tells ends and failures, and reminds of long work every ten seconds', () => {
  const sink = written();
  const reporter = createPlainReporter(sink, { colour: false, assumeYes: false });
  reporter.emit(task('smelt', 'running', { at: 0 }));
  reporter.emit(task('smelt', 'running', { at: 5000, detail: 'helm a' }));
  reporter.emit(task('smelt', 'running', { at: 10_000, detail: 'helm b' }));
  reporter.emit(task('smelt', 'done', { at: 12_000 }));
  expect(sink.lines).toEqual(['...  smelt: helm b\n', 'ok   smelt (12 s)\n']);
});

test('the json reporter writes one event a line', () => {
  const sink = written();
  createJsonReporter(sink, false).emit(task('a', 'done'));
  expect(sink.lines.map((line) => JSON.parse(line) as unknown)).toEqual([task('a', 'done')]);
});

test('without a person a confirmation takes its default, yes with --yes, and else names its flag', async () => {
  const question = { id: 'prune', text: 'Delete 3 objects?', kind: 'confirm', flag: '--yes' } as const;
  const ask = (assumeYes: boolean, extra: object = {}) =>
    createPlainReporter(written(), { colour: false, assumeYes }).ask({ ...question, ...extra });
  await expect(ask(true)).resolves.toBe('yes');
  await expect(ask(false, { default: 'no' })).resolves.toBe('no');
  await expect(ask(false)).rejects.toMatchObject({
    code: 'E_CLI_QUESTION',
    problem: { fix: 'give the answer with --yes' },
  });
});
