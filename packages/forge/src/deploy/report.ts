import { runTask, type Context, type Task } from '@cluster-forge/base';
import { countReady, describePart } from './walk/describe.ts';
import { partOf, type State } from './walk/state.ts';

/** One task per component, with how many of its objects are ready and what it waits for; nothing is told twice. */
export interface Report {
  /** A component has changed. */
  update(state: State, component: string): void;
  /** Closes what is still open. */
  end(reason: string): Promise<void>;
}

interface Line {
  readonly ended: PromiseWithResolvers<void>;
  finished?: Promise<void>;
  task?: Task;
  last?: string;
}

export function createReport(parent: string, ctx: Context): Report {
  const lines = new Map<string, Line>();
  const lineOf = (component: string): Line => {
    const known = lines.get(component);
    if (known !== undefined) return known;
    const ended = Promise.withResolvers<void>();
    const line: Line = { ended };
    const spec = { id: `${parent}/${component}`, title: component, parent };
    line.finished = runTask(spec, ctx, (task) => {
      line.task = task;
      return ended.promise;
    }).catch(() => undefined);
    lines.set(component, line);
    return line;
  };
  return {
    update: (state, component) => {
      const part = partOf(state, component);
      const line = lineOf(component);
      const detail = describePart(state, part);
      const progress = { done: countReady(state, part), total: part.work.length, unit: 'items' } as const;
      const now = `${progress.done} ${detail}`;
      if (now === line.last) return;
      line.last = now;
      line.task?.update({ detail, progress });
      if (part.failure !== undefined)
        line.ended.reject(
          new Error(`${part.failure.what}${part.failure.why === undefined ? '' : `: ${part.failure.why}`}`),
        );
      else if (part.readyMs !== undefined) line.ended.resolve();
    },
    end: async (reason) => {
      for (const line of lines.values()) line.ended.reject(new Error(reason));
      for (const { finished } of lines.values()) await finished;
    },
  };
}
