import { ForgeError, type Diagnostic } from '@cluster-forge/base';
import { deployErrors } from '../errors.ts';
import { elapsed, partOf, type State } from './state.ts';
import type { WorkNode } from './work.ts';

const firstPauseMs = 250;
const longestPauseMs = 5_000;

/** Begins a node and tries again while failures may pass. Never rejects: a failure that stays fails the component. */
export async function begin(state: State, node: WorkNode): Promise<void> {
  const timing = { beganMs: elapsed(state) };
  state.timings.set(node.id, timing);
  state.running.set(node.id, undefined);
  try {
    await attempt(state, node);
    state.timings.set(node.id, { ...timing, appliedMs: elapsed(state) });
    state.waiting.add(node.id);
    state.schedule.reach(node.id, 'applied');
  } catch (error) {
    if (!state.ctx.signal.aborted) fail(state, node.component, toDiagnostic(error, node));
    else if (!isAbort(state, error)) state.over.reject(error);
  } finally {
    state.running.delete(node.id);
  }
}

async function attempt(state: State, node: WorkNode): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await state.work.begin(node, state.ctx);
    } catch (error) {
      const hasFailed = partOf(state, node.component).failure !== undefined;
      if (hasFailed || state.ctx.signal.aborted || !state.work.isTransient(error)) throw error;
      state.running.set(node.id, error instanceof Error ? error.message : String(error));
      state.options.onChange?.(node.component, state);
    }
    await state.ctx.clock.sleep(pauseMs, state.ctx.signal);
  }
}

/** The first failure of a component counts; nothing of it begins any more. */
export function fail(state: State, component: string, diagnostic: Diagnostic): void {
  const part = partOf(state, component);
  if (part.failure !== undefined || part.readyMs !== undefined) return;
  part.failure = diagnostic;
  part.settleTimer?.abort();
  part.graceTimer?.abort();
  state.failures.push(diagnostic);
}

function toDiagnostic(error: unknown, node: WorkNode): Diagnostic {
  if (error instanceof ForgeError) return { severity: 'error', code: error.code, ...error.problem };
  const why = error instanceof Error ? error.message : String(error);
  return deployErrors.E_DEPLOY_REFUSED.diagnostic({ what: `cannot apply ${node.id}`, why });
}

function isAbort(state: State, error: unknown): boolean {
  return error === state.ctx.signal.reason || (error instanceof Error && error.name === 'AbortError');
}
