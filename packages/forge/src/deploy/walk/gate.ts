import { printObject } from '@cluster-forge/kube/object';
import { deployErrors } from '../errors.ts';
import { fail } from './begin.ts';
import { blocker, describePart } from './describe.ts';
import { after, elapsed, partOf, standingOf, type Part, type State } from './state.ts';
import type { WorkNode } from './work.ts';

/** Looks at everything of a component that has been accepted: raises levels, restarts or stops its settle and grace timers. */
export function recheck(state: State, part: Part, changed: () => void): void {
  for (const node of part.work) {
    if (!state.schedule.has(node.id, 'applied')) continue;
    const { level } = standingOf(state, node);
    if (level === 'applied') continue;
    if (!state.schedule.has(node.id, 'ready')) {
      const timing = state.timings.get(node.id);
      if (timing !== undefined) timing.readyMs = elapsed(state);
      state.waiting.delete(node.id);
    }
    state.schedule.reach(node.id, level);
    // An object that is ready but not yet serving still keeps its component; it stays among those that are waited for.
    if (level === 'ready' && wantsServing(state, node)) state.waiting.add(node.id);
    else state.waiting.delete(node.id);
  }
  if (part.settling !== undefined) settle(state, part, changed);
  grace(state, part, changed);
}

/**
 * A component is ready when all of it is ready at once for its settle time; whoever falls back starts the time anew. A component with nothing that
 * may fall back need not be watched.
 */
export function settle(state: State, part: Part, changed: () => void): void {
  const id = part.settling;
  if (id === undefined || part.readyMs !== undefined || part.failure !== undefined) return;
  const unready = part.work.find((node) => standingOf(state, node).level === 'applied');
  if (unready !== undefined) {
    part.settleTimer?.abort();
    delete part.settleTimer;
    return;
  }
  const pass = () => {
    part.readyMs = elapsed(state);
    state.passedMs.set(id, part.readyMs);
    state.schedule.reach(id, 'serving');
    changed();
  };
  if (part.gate.settleMs === 0 || !part.work.some((node) => state.work.mayFallBack(node))) return pass();
  part.settleTimer ??= after(state, part.gate.settleMs, pass);
}

/** When time is up the component fails with the causal chain; time during which it could only wait for others starts anew. */
export function armDeadline(state: State, part: Part, changed: () => void): void {
  after(state, part.gate.timeoutMs, () => {
    if (part.readyMs !== undefined || part.failure !== undefined) return;
    if (waitsForOthersOnly(state, part)) return armDeadline(state, part, changed);
    void giveUp(state, part).then(changed);
  });
}

async function giveUp(state: State, part: Part): Promise<void> {
  const node = blocker(state, part);
  const chain = node === undefined ? describePart(state, part) : await chainOf(state, node);
  const seconds = Math.round(part.gate.timeoutMs / 1000);
  fail(
    state,
    part.component,
    deployErrors.E_DEPLOY_GATE.diagnostic({
      what: `component ${part.component} was not ready after ${seconds} s`,
      why: chain,
      fix: `look closer with \`forge why ${node === undefined ? part.component : printObject(node.object)}\`, repair the cause and run the same command again; it goes on from here`,
    }),
  );
}

async function chainOf(state: State, node: WorkNode): Promise<string> {
  const known = state.running.get(node.id);
  if (known !== undefined) return `${printObject(node.object)} <- ${known}`;
  try {
    return await state.work.diagnose(node, state.ctx);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `${printObject(node.object)}: ${state.work.standing(node).message}; the cluster cannot be asked why: ${why}`;
  }
}

function waitsForOthersOnly(state: State, part: Part): boolean {
  return (
    !isAtWork(state, part) && neededParts(state, part).some((other) => mayMove(state, other, new Set([part.component])))
  );
}

/** True when a component does something itself, or waits for one that does. */
function mayMove(state: State, part: Part, seen: Set<string>): boolean {
  if (part.failure !== undefined || part.readyMs !== undefined || seen.has(part.component)) return false;
  seen.add(part.component);
  if (part.startedMs !== undefined && isAtWork(state, part)) return true;
  return neededParts(state, part).some((other) => mayMove(state, other, seen));
}

function isAtWork(state: State, part: Part): boolean {
  return part.settling !== undefined || part.work.some(({ id }) => state.running.has(id) || state.waiting.has(id));
}

/** Other components that keep nodes of this one from beginning. */
function neededParts(state: State, part: Part): readonly Part[] {
  const pending = state.graph.nodes.filter(
    ({ id, component }) => component === part.component && !state.schedule.begun(id),
  );
  const sources = pending
    .flatMap(({ id }) => state.schedule.unmet(id))
    .map(({ from }) => state.nodes.get(from)?.component);
  const others = new Set(sources.filter((component) => component !== undefined && component !== part.component));
  return [...others].map((component) => partOf(state, component ?? ''));
}

/** Objects nobody has given a status hold a component up only for a while once nothing else does. */
function grace(state: State, part: Part, changed: () => void): void {
  const open = part.work.filter(({ id }) => state.waiting.has(id) && !state.excused.has(id));
  const unobserved = open.filter(
    (node) => state.work.standing(node).state === 'unobserved' && state.work.mayExcuse(node),
  );
  const alone =
    part.startedMs !== undefined && part.failure === undefined && !part.work.some(({ id }) => state.running.has(id));
  if (unobserved.length === 0 || unobserved.length < open.length || !alone) {
    part.graceTimer?.abort();
    delete part.graceTimer;
    return;
  }
  part.graceTimer ??= after(state, state.options.unobservedGraceMs, () => {
    delete part.graceTimer;
    excuse(state, unobserved);
    changed();
  });
}

function excuse(state: State, nodes: readonly WorkNode[]): void {
  const seconds = Math.round(state.options.unobservedGraceMs / 1000);
  for (const node of nodes) {
    state.excused.add(node.id);
    state.notes.push(
      `${printObject(node.object)} counts as ready: no controller wrote a status for it in ${seconds} s; a health rule would gate on it`,
    );
  }
}

function wantsServing(state: State, node: WorkNode): boolean {
  return state.served.has(node.id) && !state.schedule.has(node.id, 'serving');
}
