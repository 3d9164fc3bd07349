import type { Event } from '@cluster-forge/base';
import { printDiagnostic } from '../print/problem.ts';
import { createPaint, duration, oneLine } from '../paint.ts';
import { answerWithoutPerson } from './answer.ts';
import type { Reporter, Sink } from './reporter.ts';

type TaskEvent = Extract<Event, { kind: 'task' }>;

/** Parts of a task that end well and sooner than this go unmentioned. */
const worthALineMs = 2000;

/** One line for each thing that ends, fails, or runs for long: for logs and pipes, where nothing can be drawn over. */
export function createPlainReporter(
  sink: Sink,
  options: { readonly colour: boolean; readonly assumeYes: boolean },
): Reporter {
  const paint = createPaint(options.colour);
  const started = new Map<string, number>();
  const told = new Map<string, number>();
  const parents = new Set<string>();
  const line = (text: string) => void sink.write(`${text}\n`);

  const showTask = (event: TaskEvent) => {
    if (!started.has(event.id)) started.set(event.id, event.at);
    if (event.parent !== undefined) parents.add(event.parent);
    if (event.state === 'running' || event.state === 'waiting') return remind(event);
    const spent = event.at - (started.get(event.id) ?? event.at);
    if (event.parent !== undefined && event.state !== 'failed' && spent < worthALineMs) return;
    const took = duration(spent);
    const detail = event.detail === undefined ? '' : `: ${oneLine(event.detail)}`;
    const mark = {
      done: paint.good('ok'),
      cached: paint.good('ok'),
      skipped: paint.dim('skip'),
      failed: paint.bad('FAIL'),
    }[event.state];
    const how = event.state === 'cached' ? 'cached' : took;
    line(`${mark.padEnd(4)} ${oneLine(event.title)} ${paint.dim(`(${how})`)}${detail}`);
  };
  /** Long work speaks up every ten seconds, so that a log shows it is alive and what it waits for. Work with parts leaves that to them. */
  const remind = (event: TaskEvent) => {
    const last = told.get(event.id) ?? started.get(event.id) ?? event.at;
    if (event.at - last < 10_000 || parents.has(event.id)) return;
    told.set(event.id, event.at);
    const progress = event.progress?.total === undefined ? '' : ` ${event.progress.done}/${event.progress.total}`;
    line(`...  ${oneLine(event.title)}${progress}${event.detail === undefined ? '' : `: ${oneLine(event.detail)}`}`);
  };
  return {
    emit: (event) => {
      if (event.kind === 'task') showTask(event);
      else if (event.kind === 'diagnostic') line(printDiagnostic(event.diagnostic, paint));
      else if (event.level !== 'debug')
        line(`${event.level === 'warning' ? paint.warn('warn') : 'note'} ${oneLine(event.text)}`);
    },
    ask: async (question) => answerWithoutPerson(question, options.assumeYes),
    close: () => {},
  };
}
