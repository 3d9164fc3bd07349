import type { Progress, TaskState } from '@cluster-forge/base';
import { bytes, cut, duration, oneLine, widthOf, type Paint } from '../paint.ts';
import { isOver, type TaskTree, type TaskView } from './task-tree.ts';

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const barCells = 14;

/** Lines for all that still runs, at most as many as the terminal shows; what does not fit is counted. */
export function drawLive(tree: TaskTree, frame: Frame, paint: Paint): readonly string[] {
  const running = tree.roots.filter((task) => !isOver(task.state));
  const room = Math.max(3, frame.rows - 2);
  const perRoot = Math.max(1, Math.floor(room / Math.max(1, running.length)) - 1);
  return running
    .flatMap((task) => [drawRunning(task, frame, paint, ''), ...drawChildren(task, perRoot, frame, paint)])
    .slice(0, room);
}

/** Lines for a top-level task that has ended: itself, and below it only what failed. */
export function drawEnded(task: TaskView, paint: Paint): readonly string[] {
  const failures = task.children.filter((child) => child.state === 'failed');
  return [endLine(task, paint, ''), ...failures.map((child) => endLine(child, paint, '  '))];
}

function drawChildren(task: TaskView, room: number, frame: Frame, paint: Paint): readonly string[] {
  const shown = task.children.filter((child) => child.state === 'running' || child.state === 'failed').slice(0, room);
  const count = (state: (state: TaskState) => boolean) => task.children.filter((child) => state(child.state)).length;
  const over = count(isOver);
  const waiting = count((state) => state === 'waiting');
  const summary =
    task.children.length > 1
      ? [`  ${paint.dim(`${over} of ${task.children.length} done${waiting === 0 ? '' : `, ${waiting} waiting`}`)}`]
      : [];
  return [
    ...shown.map((child) =>
      isOver(child.state) ? endLine(child, paint, '  ') : drawRunning(child, frame, paint, '  '),
    ),
    ...summary,
  ];
}

function drawRunning(task: TaskView, frame: Frame, paint: Paint, indent: string): string {
  const mark = paint.accent(spinner[Math.floor(frame.now / 100) % spinner.length] ?? '*');
  const head = `${indent}${mark} ${task.title}${task.progress === undefined ? '' : ` ${bar(task.progress, paint)}`} ${paint.dim(elapsed(task, frame.now))}`;
  const left = frame.columns - widthOf(head) - 3;
  return task.detail === undefined || left < 8 ? head : `${head}  ${paint.dim(cut(oneLine(task.detail), left))}`;
}

function elapsed(task: TaskView, now: number): string {
  const spent = now - task.startedAt;
  const { progress } = task;
  if (progress?.total === undefined || progress.done < 3 || spent < 3000) return duration(spent);
  const remaining = (spent / progress.done) * Math.max(0, progress.total - progress.done);
  return `${duration(spent)}, about ${duration(remaining)} left`;
}

function bar(progress: Progress, paint: Paint): string {
  const print = progress.unit === 'bytes' ? bytes : String;
  if (progress.total === undefined) return print(progress.done);
  const filled =
    progress.total === 0 ? barCells : Math.min(barCells, Math.round((progress.done / progress.total) * barCells));
  return `${paint.good('━'.repeat(filled))}${paint.dim('━'.repeat(barCells - filled))} ${print(progress.done)}/${print(progress.total)}`;
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
