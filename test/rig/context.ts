import { systemClock, type Context, type Event } from '@cluster-forge/base';
import type { LabContext } from '@cluster-forge/lab';
import { rigTools } from './tools.ts';

export interface TestContext extends LabContext {
  /** Everything that was told, in order. */
  readonly events: readonly Event[];
}

/** A context for tests on real programs: the real clock, events kept, questions refused. */
export function testContext(signal: AbortSignal = new AbortController().signal): TestContext {
  const events: Event[] = [];
  const host: Context['host'] = {
    emit: (event) => void events.push(event),
    ask: (question) => Promise.reject(new Error(`nobody answers in a test: ${question.text}`)),
  };
  const toolchain = rigTools();
  const tools: LabContext['tools'] = { resolve: async (tool, ctx) => (await toolchain).resolve(tool, ctx) };
  return { signal, host, clock: systemClock, tools, events };
}
