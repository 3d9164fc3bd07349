import { ForgeError, type Context, type Diagnostic } from '@cluster-forge/base';
import { idOf, objectKey, type KubeObject } from '@cluster-forge/kube/object';
import type { Deployment, Outcome } from './deployment.ts';
import { inventoryOf } from './inventory.ts';
import { applySetId } from './names.ts';
import { componentOutcomes, criticalPath, membersOf, objectOutcomes } from './outcome.ts';
import { removeAll, type Removed } from './remove.ts';
import type { Run } from './run.ts';
import { readImmediate } from './survey.ts';
import type { Walked } from './walk/walk.ts';

const removalTimeoutMs = 120_000;
const closingTimeoutMs = 20_000;

/** `inner` ends with the deploy, `outer` is the caller's. */
export interface Contexts {
  readonly inner: Context;
  readonly outer: Context;
}

/** After the walk: prunes when all is well, records the release, gives the lease back, tells how it went. */
export async function closeRun(run: Run, walked: Walked, { inner, outer }: Contexts): Promise<Deployment> {
  const isWell = walked.failures.length === 0;
  const removed = isWell ? await prune(run, inner) : nothing;
  const problems = [...walked.failures, ...removed.problems];
  const wrote = run.session.begun() !== undefined || !isRecorded(run);
  if (!wrote && problems.length === 0) return describe(run, { outcome: 'unchanged', walked, removed, problems });
  const outcome = problems.length === 0 ? 'succeeded' : 'failed';
  const closing = await record(run, outcome, {
    ...outer,
    signal: AbortSignal.any([inner.signal, AbortSignal.timeout(closingTimeoutMs)]),
  });
  return describe(run, {
    outcome: closing.length === 0 ? outcome : 'failed',
    walked,
    removed,
    problems: [...problems, ...closing],
  });
}

/** The walk was aborted: by the caller, which is an outcome, or by a failure that makes further work pointless, which is thrown. */
export async function giveUp(run: Run, error: unknown, ctx: Context): Promise<Deployment> {
  await run.session.settle();
  const isOurs = !run.session.lost.aborted;
  const closingCtx = { ...ctx, signal: AbortSignal.timeout(closingTimeoutMs) };
  if (isOurs && run.session.begun() !== undefined)
    await record(run, ctx.signal.aborted ? 'interrupted' : 'failed', closingCtx);
  await run.session.begun()?.abandon();
  if (!ctx.signal.aborted) throw error;
  return describe(run, { outcome: 'interrupted', removed: nothing, problems: [] });
}

const nothing: Removed = { removed: [], kept: [], problems: [] };

/** The latest record says that exactly this release is in place, and the run that wrote it came to its end. */
function isRecorded({ before: { latest, history }, release }: Run): boolean {
  return latest?.outcome === 'succeeded' && latest.graphDigest === release.graphDigest && history.isFinished;
}

async function prune(run: Run, ctx: Context): Promise<Removed> {
  const { options, release, look, session, before } = run;
  const leftovers = options.prune === false ? [] : leftoversOf(run);
  if (leftovers.length === 0) return nothing;
  const applySet = applySetId(release.platform.name);
  const protection = { cluster: look.cluster, applySet, withData: options.pruneData ?? false, withNamespaces: false };
  const lazily = async () => (await session.begin()).journal;
  return removeAll(
    leftovers,
    { ...look, protection, recorded: before.members, timeoutMs: removalTimeoutMs, journal: lazily },
    ctx,
  );
}

/** What the ApplySet holds and the release does not. */
function leftoversOf({ look, prepared }: Run): readonly KubeObject[] {
  const keeps = (object: KubeObject) => {
    const item = prepared.items.get(objectKey(idOf(object)));
    return item !== undefined && item.what.kind !== 'out';
  };
  return [...look.world.all()].filter((object) => !keeps(object));
}

/** Problems of closing are told beside those of the deploy: an API server that is away must not hide what went wrong before. */
async function record(
  run: Run,
  outcome: 'succeeded' | 'failed' | 'interrupted',
  ctx: Context,
): Promise<readonly Diagnostic[]> {
  const { look, prepared, session, work, before } = run;
  try {
    const begun = await session.begin();
    const ids = [...prepared.items.values()].map(({ id }) => id);
    // After an interruption the look can read no more: the record holds what was last seen.
    if (outcome !== 'interrupted') await readImmediate(ids, look);
    const left = [...look.world.all()].map(idOf);
    const members = membersOf(prepared.items, before.members, look.world, work);
    const inventory = outcome === 'succeeded' ? { inventory: inventoryOf([...ids, ...left]) } : {};
    await begun.finish({ outcome, members, durationMs: ctx.clock.now() - run.startedMs, ...inventory }, ctx);
    return [];
  } catch (error) {
    await session.begun()?.abandon();
    if (!(error instanceof ForgeError)) throw error;
    return [{ severity: 'error', code: error.code, ...error.problem }];
  }
}

interface Ended {
  readonly outcome: Outcome;
  readonly walked?: Walked;
  readonly removed: Removed;
  readonly problems: readonly Diagnostic[];
}

function describe(run: Run, { outcome, walked, removed, problems }: Ended): Deployment {
  const { release, target, prepared, session, work } = run;
  const number = session.begun()?.record.number ?? run.before.latest?.number;
  return {
    platform: release.platform.name,
    outcome,
    ...(number === undefined ? {} : { release: number }),
    graphDigest: release.graphDigest,
    durationMs: run.now() - run.startedMs,
    components: walked === undefined ? [] : componentOutcomes(walked),
    objects: walked === undefined ? [] : objectOutcomes(release.graph, walked, work),
    criticalPath: walked === undefined ? [] : criticalPath(release.graph, walked),
    notes: [...prepared.notes, ...(walked?.notes ?? []), ...removed.kept],
    problems,
    pruned: removed.removed,
    requests: requestsSince(target.cluster.requests(), run.requestsBefore),
  };
}

function requestsSince(now: Deployment['requests'], before: Deployment['requests']): Deployment['requests'] {
  const verbs = Object.entries(now.byVerb).map(([verb, count]): [string, number] => [
    verb,
    count - (before.byVerb[verb] ?? 0),
  ]);
  return {
    mutating: now.mutating - before.mutating,
    byVerb: Object.fromEntries(verbs.filter(([, count]) => count > 0)),
  };
}
