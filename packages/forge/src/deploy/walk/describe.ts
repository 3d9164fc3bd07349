import type { Diagnostic } from '@cluster-forge/base';
import { printObject } from '@cluster-forge/kube/object';
import { deployErrors } from '../errors.ts';
import { partOf, standingOf, type Part, type State } from './state.ts';
import { isWork, type WorkNode } from './work.ts';

/** The object a component is waiting for: one in trouble before one that merely takes its time. */
export function blocker(state: State, part: Part): WorkNode | undefined {
  const open = part.work.filter(({ id }) => state.waiting.has(id) || state.running.has(id));
  return (
    open.find(({ id }) => state.running.get(id) !== undefined) ??
    open.find((node) => state.waiting.has(node.id) && state.work.standing(node).state === 'failed') ??
    open.find(({ id }) => state.waiting.has(id)) ??
    open[0] ??
    fallenBack(state, part)
  );
}

/** An object that was ready and is not any more, while the component settles. */
function fallenBack(state: State, part: Part): WorkNode | undefined {
  return part.settling === undefined
    ? undefined
    : part.work.find((node) => standingOf(state, node).level === 'applied');
}

/** What a component is doing or waiting for; one line. */
export function describePart(state: State, part: Part): string {
  if (part.failure !== undefined) return part.failure.what;
  if (part.readyMs !== undefined) return 'ready';
  const node = blocker(state, part);
  if (node !== undefined) return describeNode(state, node);
  if (part.settling !== undefined) return `ready, watched for ${Math.round(part.gate.settleMs / 1000)} s more`;
  return describeUnmet(state, part);
}

/** How many objects of a component are ready. */
export function countReady(state: State, part: Part): number {
  return part.work.filter(({ id }) => state.schedule.has(id, 'ready')).length;
}

/** One diagnostic per component that never got its turn; the failures that are known already are named as causes. */
export function describeStuck(state: State): readonly Diagnostic[] {
  const left = [...state.parts.values()].filter((part) => part.failure === undefined && part.readyMs === undefined);
  return left.map((part) => {
    const diagnostic = state.failures.length > 0 ? deployErrors.E_DEPLOY_BLOCKED : deployErrors.E_DEPLOY_STUCK;
    return diagnostic.diagnostic({
      what: `component ${part.component} could not ${part.startedMs === undefined ? 'start' : 'finish'}`,
      why: describeUnmet(state, part),
      fix: 'repair what it waits for and run the same command again',
    });
  });
}

function describeNode(state: State, node: WorkNode): string {
  if (state.running.has(node.id)) {
    const trouble = state.running.get(node.id);
    return trouble === undefined ? `applying ${printObject(node.object)}` : `${printObject(node.object)}: ${trouble}`;
  }
  return `${printObject(node.object)}: ${state.work.standing(node).message}`;
}

function describeUnmet(state: State, part: Part): string {
  const pending = state.graph.nodes.filter(
    ({ id, component }) => component === part.component && !state.schedule.begun(id),
  );
  const reasons = pending
    .flatMap(({ id }) => state.schedule.unmet(id))
    .flatMap(({ from, reason }) => {
      const source = state.nodes.get(from);
      if (source === undefined || source.component === part.component) return [];
      const failed = partOf(state, source.component).failure === undefined ? '' : ', which failed';
      const name = isWork(source)
        ? `${printObject(source.object)} of component ${source.component}`
        : `component ${source.component}`;
      return [`waits for ${name}${failed} (${reason})`];
    });
  return reasons.find((reason) => reason.includes('which failed')) ?? reasons[0] ?? 'waits for its own objects';
}
