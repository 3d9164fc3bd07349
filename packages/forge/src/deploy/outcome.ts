import { objectKey } from '@cluster-forge/kube/object';
import type { Graph } from '../plan/graph.ts';
import type { ComponentOutcome, CriticalStep, ObjectOutcome } from './deployment.ts';
import { ownedFingerprint } from './drift.ts';
import type { Item } from './prepare.ts';
import type { Member } from './record.ts';
import { describePart } from './walk/describe.ts';
import type { Walked } from './walk/walk.ts';
import { isWork } from './walk/work.ts';
import type { DeployWork } from './work.ts';
import type { World } from './world.ts';

export function componentOutcomes({ parts, state }: Walked): readonly ComponentOutcome[] {
  return [...parts.values()].map((part) => {
    const reached =
      part.failure !== undefined
        ? 'failed'
        : part.readyMs !== undefined
          ? 'ready'
          : part.startedMs === undefined
            ? 'blocked'
            : 'waiting';
    return {
      component: part.component,
      state: reached,
      ...(part.startedMs === undefined ? {} : { startedMs: part.startedMs }),
      ...(part.readyMs === undefined ? {} : { readyMs: part.readyMs }),
      ...(reached === 'ready' ? {} : { reason: describePart(state, part) }),
    };
  });
}

export function objectOutcomes(graph: Graph, { timings }: Walked, work: DeployWork): readonly ObjectOutcome[] {
  return graph.nodes.filter(isWork).map((node) => ({
    id: node.id,
    component: node.component,
    action: work.actions.get(objectKey(node.object)) ?? 'none',
    ...timings.get(node.id),
  }));
}

/**
 * All objects of the release for its record. What did not get there this time keeps the entry of the release before, whose fingerprint still tells
 * the drift, or is listed without a UID, so that status knows what is missing.
 */
export function membersOf(
  items: ReadonlyMap<string, Item>,
  before: ReadonlyMap<string, Member>,
  world: World,
  work: DeployWork,
): readonly Member[] {
  return [...items.values()].flatMap((item): readonly Member[] => {
    if (item.what.kind === 'out') return [];
    const { id, component, order } = item;
    const base = { id, component, order };
    if (!work.actions.has(item.key)) return [{ digest: '', ...before.get(item.key), ...base }];
    const live = world.live(id);
    const uid = live?.metadata['uid'];
    const owned = live === undefined ? undefined : ownedFingerprint(live);
    return [
      {
        ...base,
        digest: item.what.kind === 'manifest' ? item.what.digest : '',
        ...(typeof uid === 'string' ? { uid } : {}),
        ...(owned === undefined ? {} : { owned }),
        ...(work.done.has(item.key) ? { done: true } : {}),
      },
    ];
  });
}

/** Walks back from the node that was done last, each time to the need that was met last. */
export function criticalPath(graph: Graph, { timings, state }: Walked): readonly CriticalStep[] {
  const into = Map.groupBy(graph.edges, ({ to }) => to);
  const doneMs = new Map(
    graph.nodes.map(({ id }) => {
      const timing = timings.get(id);
      return [id, timing?.readyMs ?? timing?.appliedMs ?? state.passedMs.get(id) ?? -1];
    }),
  );
  const steps: CriticalStep[] = [];
  const seen = new Set<string>();
  let at = graph.nodes.reduce<string | undefined>(
    (last, { id }) => ((doneMs.get(id) ?? -1) > (doneMs.get(last ?? '') ?? -1) ? id : last),
    undefined,
  );
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const edges = into.get(at) ?? [];
    const last = edges.reduce<(typeof edges)[number] | undefined>(
      (best, edge) => ((doneMs.get(edge.from) ?? -1) >= (doneMs.get(best?.from ?? '') ?? -1) ? edge : best),
      undefined,
    );
    const timing = timings.get(at);
    if (timing !== undefined)
      steps.push({
        id: at,
        beganMs: timing.beganMs,
        doneMs: doneMs.get(at) ?? 0,
        ...(last === undefined ? {} : { reason: last.reason }),
      });
    at = last?.from;
  }
  return steps.toReversed();
}
