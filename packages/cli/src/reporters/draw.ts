import type { Progress, TaskState } from '@cluster-forge/base';
import { bytes, cut, cutPainted, duration, oneLine, widthOf, type Paint } from '../paint.ts';
import { isOver, type TaskTree, type TaskView } from './task-tree.ts';

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const barCells = 14;

/** Lines for all that still runs, at most as many as the terminal shows and none wider than it; what does not fit is counted. */
export function drawLive(tree: TaskTree, frame: Frame, paint: Paint): readonly string[] {
  const running = tree.roots.filter((task) => !isOver(task.state));
  const room = Math.max(3, frame.rows - 2);
  const perRoot = Math.max(1, Math.floor(room / Math.max(1, running.length)) - 2);
  return running
    .flatMap((task) => [drawRunning(task, frame, paint), ...drawChildren(task, perRoot, frame, paint)])
    .slice(0, room)
    .map((line) => cutPainted(line, frame.columns));
}

/** Lines for a top-level task that has ended: itself, and below it only what failed. */
export function drawEnded(task: TaskView, paint: Paint): readonly string[] {
  const failures = task.children.filter((child) => child.state === 'failed');
  return [endLine(task, paint, ''), ...failures.map((child) => endLine(child, paint, '  '))];
}

function drawChildren(task: TaskView, room: number, frame: Frame, paint: Paint): readonly string[] {
  const shown = task.children.filter((child) => child.state === 'running' || child.state === 'failed').slice(0, room);
  const titleColumns = Math.max(0, ...shown.map((child) => widthOf(child.title)));
  return [
    ...shown.map((child) =>
      isOver(child.state)
        ? endLine(child, paint, '  ')
        : drawRunning(child, frame, paint, { indent: '  ', titleColumns }),
    ),
    ...countLine(task.children, shown.length, paint),
  ];
}

/** What the lines above do not show. */
function countLine(children: readonly TaskView[], shown: number, paint: Paint): readonly string[] {
  if (children.length < 2) return [];
  const count = (wanted: (state: TaskState) => boolean) => children.filter(({ state }) => wanted(state)).length;
  const waiting = count((state) => state === 'waiting');
  const hidden = count((state) => state === 'running' || state === 'failed') - shown;
  const parts = [
    `${count(isOver)} of ${children.length} done`,
    ...(waiting === 0 ? [] : [`${waiting} waiting`]),
    ...(hidden <= 0 ? [] : [`${hidden} more at work`]),
  ];
  return [`  ${paint.dim(parts.join(', '))}`];
}

interface Placing {
  readonly indent: string;
  /** Titles of siblings take the same width, so that what follows them is aligned. */
  readonly titleColumns: number;
}

function drawRunning(task: TaskView, frame: Frame, paint: Paint, { indent, titleColumns }: Placing = alone): string {
  const mark = paint.accent(spinner[Math.floor(frame.now / 100) % spinner.length] ?? '*');
  const title = task.title + ' '.repeat(Math.max(0, titleColumns - widthOf(task.title)));
  const progress = task.progress === undefined ? '' : ` ${bar(task.progress, paint)}`;
  const head = `${indent}${mark} ${title}${progress} ${paint.dim(elapsed(task, frame.now))}`;
  const left = frame.columns - widthOf(head) - 3;
  return task.detail === undefined || left < 8 ? head : `${head}  ${paint.dim(cut(oneLine(task.detail), left))}`;
}

const alone: Placing = { indent: '', titleColumns: 0 };

/** Bytes come at a steady pace, so the rest can be guessed; objects that wait for each other do not. */
function elapsed({ startedAt, progress }: TaskView, now: number): string {
  const spent = now - startedAt;
  const { done, total = 0, unit } = progress ?? { done: 0, unit: 'items' };
  if (unit !== 'bytes' || done === 0 || done >= total || spent < 3000) return duration(spent);
  return `${duration(spent)}, about ${duration((spent / done) * (total - done))} left`;
}

/** Counts are padded, so that the times of siblings stand below each other. */
function bar(progress: Progress, paint: Paint): string {
  const print = progress.unit === 'bytes' ? bytes : String;
  if (progress.total === undefined) return print(progress.done);
  const filled =
    progress.total === 0 ? barCells : Math.min(barCells, Math.round((progress.done / progress.total) * barCells));
  const count = `${print(progress.done)}/${print(progress.total)}`;
  return `${paint.good('━'.repeat(filled))}${paint.dim('┄'.repeat(barCells - filled))} ${count.padEnd(5)}`;
}

function endLine(task: TaskView, paint: Paint, indent: string): string {
  const mark = {
    done: paint.good('✔'),
    cached: paint.good('✔'),
    skipped: paint.dim('-'),
    failed: paint.bad('✘'),
    waiting: ' ',
    running: ' ',
  }[task.state];
  const took = task.state === 'cached' ? 'cached' : duration((task.endedAt ?? task.startedAt) - task.startedAt);
  const detail = task.detail === undefined ? '' : `  ${oneLine(task.detail)}`;
  return `${indent}${mark} ${task.title} ${paint.dim(took)}${task.state === 'failed' ? paint.bad(detail) : paint.dim(detail)}`;
}
