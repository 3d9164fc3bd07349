import { ForgeError } from '@cluster-forge/base';
import { status } from '@cluster-forge/forge/operate/status';
import type { Session } from './command.ts';
import { printStatus } from './print/status.ts';
import { createScreen } from './reporters/screen.ts';
import type { Target } from './target.ts';

const refreshMs = 2000;

/** What to watch. */
export interface Watched {
  readonly platform: string;
  readonly target: Target;
}

/**
 * Shows the state of a platform until the signal aborts: drawn over on a terminal, a new block on every change elsewhere. A cluster that does not answer
 * is told and asked again.
 */
export async function watchStatus({ platform, target }: Watched, session: Session): Promise<void> {
  const paint = session.errorPaint;
  const show = createScreen(process.stderr, session.interactive);
  while (!session.ctx.signal.aborted) {
    try {
      const state = await status(platform, target.cluster, session.ctx);
      show(`${printStatus(state, target.lab, paint)}\n${paint.dim('Ctrl-C ends it')}`);
    } catch (error) {
      if (session.ctx.signal.aborted) return;
      show(paint.warn(error instanceof ForgeError ? error.problem.what : String(error)));
    }
    await session.ctx.clock.sleep(refreshMs, session.ctx.signal).catch(() => {});
  }
}
