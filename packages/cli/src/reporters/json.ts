import { answerWithoutPerson } from './answer.ts';
import type { Reporter, Sink } from './reporter.ts';

/** One event a line, for programs. */
export function createJsonReporter(sink: Sink, assumeYes: boolean): Reporter {
  return {
    emit: (event) => void sink.write(`${JSON.stringify(event)}\n`),
    ask: async (question) => answerWithoutPerson(question, assumeYes),
    close: () => {},
  };
}
