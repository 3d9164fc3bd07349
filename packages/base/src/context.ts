import type { Host, Progress, TaskState } from './event.ts';

/** Time as a port, so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What every function that waits or tells takes last. `main` builds it once; nothing is global. */
export interface Context {
  readonly signal: AbortSignal;
  readonly host: Host;
  readonly clock: Clock;
}

/** A handle on a running task: report changes through it, and derive children from it. */
export interface Task {
  readonly id: string;
  update(change: { readonly detail?: string; readonly progress?: Progress; readonly state?: TaskState }): void;
}

export interface TaskSpec {
  readonly id: string;
  readonly title: string;
  readonly parent?: string;
}

/**
 * Runs `work` as a task: tells running, then done (or the end the work set last) with the last detail, or failed with the error's text. Work that
 * hands back a failed `Result` has failed too. The end is told once, when the work is over.
 */
export async function runTask<T>(spec: TaskSpec, ctx: Context, work: (task: Task) => Promise<T>): Promise<T> {
  let ended: TaskState = 'done';
  let last: string | undefined;
  const tell = (state: TaskState, progress?: Progress) =>
    ctx.host.emit({
      kind: 'task',
      at: ctx.clock.now(),
      ...spec,
      state,
      ...(last === undefined ? {} : { detail: last }),
      ...(progress === undefined ? {} : { progress }),
    });
  const task: Task = {
    id: spec.id,
    update: ({ state, detail, progress }) => {
      last = detail ?? last;
      if (state === 'cached' || state === 'skipped' || state === 'failed') ended = state;
      else tell(state ?? 'running', progress);
    },
  };
  tell('running');
  try {
    const value = await work(task);
    tell(isFailure(value) ? 'failed' : ended);
    return value;
  } catch (error) {
    last = error instanceof Error ? error.message : String(error);
    tell('failed');
    throw error;
  }
}

/** A `Result` that holds no value. */
function isFailure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'ok' in value && value.ok === false && 'failure' in value;
}
