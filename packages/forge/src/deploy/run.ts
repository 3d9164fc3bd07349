import type { Context } from '@cluster-forge/base';
import { idOf, objectKey } from '@cluster-forge/kube/object';
import { causesOf, printCauses } from '../cause/cause.ts';
import type { Release } from '../plan/release.ts';
import type { DeployOptions, DeployTarget } from './deployment.ts';
import { inventoryOf, readInventory, type Inventory } from './inventory.ts';
import type { History } from './journal.ts';
import { defaultWho } from './lease.ts';
import { applySetId, partOfLabel } from './names.ts';
import { prepare, type Prepared } from './prepare.ts';
import { listRecords, type Member, type ReleaseRecord } from './record.ts';
import { cryptoSecrets } from './secret-values.ts';
import { createServingWatch } from './serving-lookup.ts';
import { createSession, readHistory, type Session } from './session.ts';
import { bookFor, readStorageClasses, survey, type SurveyLook } from './survey.ts';
import { createWork, type DeployWork } from './work.ts';
import { createWorld } from './world.ts';

export interface RunInput {
  readonly release: Release;
  readonly target: DeployTarget;
  readonly options: DeployOptions;
  /** Ends the whole deploy. */
  readonly abort: (error: unknown) => void;
}

/** One deploy on its way: what was read before anything changed, and the means to change it. */
export interface Run extends RunInput {
  readonly startedMs: number;
  readonly now: () => number;
  readonly requestsBefore: ReturnType<DeployTarget['cluster']['requests']>;
  readonly prepared: Prepared;
  readonly look: SurveyLook;
  readonly before: Before;
  readonly session: Session;
  readonly work: DeployWork;
}

/** What earlier deploys left behind, in the cluster and in the state directory. */
export interface Before {
  readonly inventory: Inventory | undefined;
  readonly history: History;
  readonly latest: ReleaseRecord | undefined;
  /** Members of the latest record that lists any, by key. */
  readonly members: ReadonlyMap<string, Member>;
}

/** Reads everything a deploy decides by. Changes nothing. */
export async function openRun(input: RunInput, ctx: Context): Promise<Run> {
  const { release, target, options } = input;
  const { cluster } = target;
  const startedMs = ctx.clock.now();
  const requestsBefore = cluster.requests();
  const prepared = prepare(release, target);
  const [before, look] = await Promise.all([readBefore(input, ctx), openLook(input, ctx)]);
  const ids = [...prepared.items.values()].map(({ id }) => id);
  await survey(ids, before.inventory, look, ctx);
  const who = options.who ?? defaultWho();
  const session = createSession(
    { release, cluster, who, inventory: inventoryOf(ids), inventoryBefore: before.inventory },
    before.history,
    ctx,
  );
  session.lost.addEventListener('abort', () => input.abort(session.lost.reason), { once: true });
  const work = openWork({ ...input, prepared, look, before, session }, ctx);
  return { ...input, startedMs, now: () => ctx.clock.now(), requestsBefore, prepared, look, before, session, work };
}

async function readBefore({ release: { platform }, target: { cluster } }: RunInput, ctx: Context): Promise<Before> {
  const [inventory, records, history] = await Promise.all([
    readInventory(platform.name, cluster, ctx),
    listRecords(platform.name, cluster, ctx),
    readHistory(platform),
  ]);
  const members = records.find((record) => record.members.length > 0)?.members ?? [];
  return {
    inventory,
    history,
    latest: records[0],
    members: new Map(members.map((member) => [objectKey(member.id), member])),
  };
}

async function openLook({ release: { platform }, target: { cluster } }: RunInput, ctx: Context): Promise<SurveyLook> {
  const world = createWorld(cluster, ctx);
  const rules = platform.components.flatMap(({ health }) => health);
  const book = bookFor(rules, world, await readStorageClasses(cluster, ctx));
  return { cluster, world, book, labelSelector: `${partOfLabel}=${applySetId(platform.name)}` };
}

function openWork(run: Omit<Run, 'work' | 'startedMs' | 'requestsBefore' | 'now'>, ctx: Context): DeployWork {
  const { release, options, look, before, session, prepared, abort } = run;
  const doneBefore = before.history.isFinished
    ? []
    : before.history.lines.flatMap((line) => (line.kind === 'done' ? [[line.key, line.digest] as const] : []));
  return createWork({
    ...look,
    serving: createServingWatch(look.cluster, ctx),
    session,
    items: prepared.items,
    recorded: before.members,
    doneBefore: new Map(doneBefore),
    served: new Set(release.graph.edges.filter(({ until }) => until === 'serving').map(({ from }) => from)),
    present: new Set([...look.world.all()].map((object) => objectKey(idOf(object)))),
    force: options.forceConflicts ?? false,
    secrets: options.secrets ?? cryptoSecrets,
    diagnose: async (node, within) => printCauses(await causesOf(node.object, look.book, look.cluster, within)),
    abort,
  });
}
