import type { Event, Progress, TaskState } from '@cluster-forge/base';

/** A task as last told, with what lies below it. */
export interface TaskView {
  readonly id: string;
  readonly title: string;
  state: TaskState;
  detail: string | undefined;
  progress: Progress | undefined;
  readonly startedAt: number;
  endedAt: number | undefined;
  readonly children: TaskView[];
}

/** All tasks by their place. `accept` returns a top-level task at the moment it ends. */
export interface TaskTree {
  accept(event: Extract<Event, { kind: 'task' }>): TaskView | undefined;
  readonly roots: readonly TaskView[];
}

export function createTaskTree(): TaskTree {
  const byId = new Map<string, TaskView>();
  const roots: TaskView[] = [];
  return {
    roots,
    accept: (event) => {
      const task = byId.get(event.id) ?? add(event);
      const wasOver = isOver(task.state);
      task.state = event.state;
      task.detail = event.detail;
      task.progress = event.progress ?? task.progress;
      task.endedAt = isOver(event.state) ? event.at : undefined;
      return !wasOver && isOver(event.state) && roots.includes(task) ? task : undefined;
    },
  };

  function add(event: Extract<Event, { kind: 'task' }>): TaskView {
    const task: TaskView = {
      id: event.id,
      title: event.title,
      state: event.state,
      detail: event.detail,
      progress: event.progress,
      startedAt: event.at,
      endedAt: undefined,
      children: [],
    };
    byId.set(event.id, task);
    const parent = event.parent === undefined ? undefined : byId.get(event.parent);
    (parent?.children ?? roots).push(task);
    return task;
  }
}

export function isOver(state: TaskState): boolean {
  return state !== 'waiting' && state !== 'running';
}
