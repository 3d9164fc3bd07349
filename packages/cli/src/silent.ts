import type { Session } from './command.ts';

/** The same context without a word: for a look that comes before the work, which tells for itself. */
export function silent({ ctx }: Session): Session['ctx'] {
  return { ...ctx, host: { ...ctx.host, emit: () => {} } };
}
