import type { Event, Question } from '@cluster-forge/base';
import { createInterface } from 'node:readline/promises';
import { createPaint } from '../paint.ts';
import { printDiagnostic } from '../print/problem.ts';
import { createTaskTree, type TaskTree } from './task-tree.ts';
import { drawEnded, drawLive } from './draw.ts';
import type { Reporter, Sink } from './reporter.ts';

const frameMs = 100;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

/**
 * A live view: what has ended stays in the scroll-back, what runs is drawn below it and drawn over ten times a second.
 * The terminal is left with its cursor on and on a line of its own.
 */
export function createTtyReporter(
  sink: Sink,
  options: { readonly colour: boolean; readonly assumeYes: boolean },
): Reporter {
  const paint = createPaint(options.colour);
  const tree: TaskTree = createTaskTree();
  let drawn = 0;
  const erase = () => (drawn === 0 ? '' : `\u001b[${drawn}A\r\u001b[J`);
  const draw = (above = '') => {
    const size = { columns: sink.columns ?? 80, rows: sink.rows ?? 24 };
    const live = drawLive(tree, { ...size, now: Date.now() }, paint);
    sink.write(erase() + above + live.map((line) => `${line}\n`).join(''));
    drawn = live.length;
  };
  sink.write(hideCursor);
  const timer = setInterval(draw, frameMs);
  timer.unref();
  const scroll = (text: string) => draw(`${text}\n`);
  const show = (event: Event) => {
    if (event.kind === 'diagnostic') return scroll(printDiagnostic(event.diagnostic, paint));
    if (event.kind === 'note')
      return event.level === 'debug'
        ? undefined
        : scroll(event.level === 'warning' ? paint.warn(event.text) : paint.dim(event.text));
    const ended = tree.accept(event);
    if (ended !== undefined) scroll(drawEnded(ended, paint).join('\n'));
  };
  return {
    emit: show,
    ask: async (question) => (options.assumeYes && question.kind === 'confirm' ? 'yes' : askPerson(question)),
    close: () => {
      clearInterval(timer);
      sink.write(erase() + showCursor);
      drawn = 0;
    },
  };
}

async function askPerson(question: Question): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const hint = question.default === undefined ? '' : ` [${question.default}]`;
    const answer = (await prompt.question(`${question.text}${hint} `)).trim();
    return answer === '' ? (question.default ?? '') : answer;
  } finally {
    prompt.close();
  }
}
