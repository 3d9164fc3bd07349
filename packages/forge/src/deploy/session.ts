import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '@cluster-forge/base';
import { writeFileAtomic } from '@cluster-forge/base/files/atomic';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { Release } from '../plan/release.ts';
import { failpoints } from './failpoints.ts';
import { union, writeInventory, type Inventory } from './inventory.ts';
import { makeStateDirectory, parseJournal, startJournal, type History, type Journal, type Line } from './journal.ts';
import { acquireLease, type HeldLease } from './lease.ts';
import { stateDirectory } from './names.ts';
import { closeRecord, listRecords, openRecord, type Member, type ReleaseRecord } from './record.ts';

export interface SessionInput {
  readonly release: Release;
  readonly cluster: Cluster;
  readonly who: string;
  /** What this release may put into the cluster. */
  readonly inventory: Inventory;
  /** As read before the session began. */
  readonly inventoryBefore: Inventory | undefined;
}

/**
 * The right and the means to change the cluster: lease, journal, inventory and release record. It begins with the first change, so a deploy that has
 * nothing to change writes nothing at all.
 */
export interface Session {
  begin(): Promise<Begun>;
  /** Set once `begin` has been called and has succeeded. */
  begun(): Begun | undefined;
  /** Waits for a beginning that is under way, so that `begun` tells what has to be given back. */
  settle(): Promise<void>;
  /** Aborts when the lease is lost. */
  readonly lost: AbortSignal;
}

export interface Begun {
  readonly journal: Journal;
  readonly record: ReleaseRecord;
  /** Closes everything in order: inventory, record in the cluster, record on disk, journal, lease. */
  finish(ending: Ending, ctx: Context): Promise<void>;
  /** Gives the lease back and leaves the rest as it is, for a run that cannot go on. */
  abandon(): Promise<void>;
}

export interface Ending {
  readonly outcome: Exclude<ReleaseRecord['outcome'], 'running'>;
  readonly members: readonly Member[];
  readonly durationMs: number;
  /** What the ApplySet holds now; absent: it is left as it is. */
  readonly inventory?: Inventory;
}

/** The journal an earlier run left in this directory. */
export async function readHistory(platform: Release['platform']): Promise<History> {
  const text = await readFile(journalPath(platform), 'utf8').catch(() => '');
  return parseJournal(text);
}

export function createSession(input: SessionInput, history: History, ctx: Context): Session {
  const lost = new AbortController();
  let starting: Promise<Begun & { readonly lease: HeldLease }> | undefined;
  let begun: Begun | undefined;
  return {
    lost: lost.signal,
    begun: () => begun,
    settle: async () => void (await starting?.catch(() => undefined)),
    begin: async () => {
      starting ??= start(input, history, ctx).then((session) => {
        session.lease.signal.addEventListener('abort', () => lost.abort(session.lease.signal.reason));
        begun = session;
        return session;
      });
      // A start that failed in passing is tried again by the next one who asks.
      const session = await starting.catch((error: unknown) => {
        starting = undefined;
        throw error;
      });
      session.lease.assertFresh();
      return session;
    },
  };
}

async function start(
  input: SessionInput,
  history: History,
  ctx: Context,
): Promise<Begun & { readonly lease: HeldLease }> {
  const { release, cluster, who } = input;
  const { platform } = release;
  const lease = await acquireLease(platform.name, who, cluster, ctx);
  let opened: Journal | undefined;
  const letGo = async () => {
    await opened?.close();
    await lease.release();
  };
  try {
    const records = await listRecords(platform.name, cluster, ctx);
    await makeStateDirectory(stateDirectory(platform));
    await failpoints.hit('journal.begin.before');
    const journal = await startJournal(journalPath(platform), doneLines(history), () => ctx.clock.now());
    opened = journal;
    const wide = union(input.inventory, input.inventoryBefore ?? input.inventory);
    await writeInventory(platform.name, wide, input.inventoryBefore, { cluster, ctx, failpoint: 'inventory' });
    const record = await openRecord(
      draftOf(input, ctx),
      { known: records, unfinished: unfinishedRelease(history) },
      cluster,
      ctx,
    );
    await journal.write({ kind: 'begin', release: record.number, graphDigest: release.graphDigest, who });
    await failpoints.hit('journal.begin.after');
    const finish = async (ending: Ending, endCtx: Context) => {
      await close({ input, wide, record, records, journal }, ending, endCtx);
      await letGo();
    };
    return { lease, journal, record, finish, abandon: letGo };
  } catch (error) {
    await letGo();
    throw error;
  }
}

interface Closing {
  readonly input: SessionInput;
  readonly wide: Inventory;
  readonly record: ReleaseRecord;
  readonly records: readonly ReleaseRecord[];
  readonly journal: Journal;
}

async function close({ input, wide, record, records, journal }: Closing, ending: Ending, ctx: Context): Promise<void> {
  const { platform } = input.release;
  const { cluster } = input;
  if (ending.inventory !== undefined)
    await writeInventory(platform.name, ending.inventory, wide, { cluster, ctx, failpoint: 'inventory.end' });
  const { outcome, members, durationMs } = ending;
  const closed: ReleaseRecord = {
    ...record,
    outcome,
    members,
    durationMs,
    endedAt: new Date(ctx.clock.now()).toISOString(),
  };
  await closeRecord(closed, records, cluster, ctx);
  await writeFileAtomic(
    join(stateDirectory(platform), 'releases', `${closed.number}.json`),
    `${JSON.stringify(closed, undefined, 2)}\n`,
  );
  await failpoints.hit('record.local.after');
  await journal.write({ kind: 'end', outcome });
  await failpoints.hit('journal.end.after');
}

function draftOf({ release, who }: SessionInput, ctx: Context): Omit<ReleaseRecord, 'number'> {
  const { platform, lockDigest, graphDigest } = release;
  return {
    version: 1,
    platform: platform.name,
    outcome: 'running',
    who,
    startedAt: new Date(ctx.clock.now()).toISOString(),
    lockDigest,
    graphDigest,
    ...(platform.environment === undefined ? {} : { environment: platform.environment }),
    components: Object.fromEntries(platform.components.map(({ name, version }) => [name, version])),
    members: [],
    rules: platform.components.flatMap(({ health }) => health),
  };
}

/** Number of the release whose run did not come to its end. */
function unfinishedRelease({ lines, isFinished }: History): number | undefined {
  const begin = isFinished ? undefined : lines.findLast((line) => line.kind === 'begin');
  return begin?.kind === 'begin' ? begin.release : undefined;
}

/** Jobs that ran to their end in a run that did not: the new journal keeps them, or they would run twice. */
function doneLines({ lines, isFinished }: History): readonly Line[] {
  return isFinished ? [] : lines.filter(({ kind }) => kind === 'done');
}

function journalPath(platform: Release['platform']): string {
  return join(stateDirectory(platform), 'journal.ndjson');
}
