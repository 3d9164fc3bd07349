import { gunzipSync, gzipSync } from 'node:zlib';
import { isObject, type Context, type Json, type JsonObject } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { HealthRule } from '@cluster-forge/kube/health/verdict';
import { fieldAt, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import { deployErrors } from './errors.ts';
import { failpoints } from './failpoints.ts';
import { platformLabel, recordId, releaseLabel, systemNamespace } from './names.ts';

/** Records kept in the cluster for each platform. */
export const recordsKept = 20;
/** etcd takes 1.5 MiB; base64 adds a third. */
const inventoryLimitBytes = 700_000;

/** One object of a release, as the deploy left it. */
export interface Member {
  readonly id: ObjectId;
  readonly component: string;
  readonly uid?: string;
  /** What was applied; see digestAnnotation. */
  readonly digest: string;
  /** Fingerprint of the fields forge owned at the end; when it differs later, somebody has taken or removed one. */
  readonly owned?: string;
  /** Position in the order of the deploy; prune and down go backwards. */
  readonly order: number;
  /** A hook or Job that ran to its end: it is not run again although it may be gone. */
  readonly done?: boolean;
}

/** A numbered release, as recorded in the cluster and in `.forge/<platform>/releases/<n>.json`. Times are ISO 8601. */
export interface ReleaseRecord {
  readonly version: 1;
  readonly platform: string;
  readonly number: number;
  readonly outcome: 'running' | 'succeeded' | 'failed' | 'interrupted';
  readonly who: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly durationMs?: number;
  readonly lockDigest: string;
  readonly graphDigest: string;
  readonly environment?: string;
  readonly components: Readonly<Record<string, string>>;
  /** Empty while running. */
  readonly members: readonly Member[];
  /** Health rules of the components, so that status works from the cluster alone. */
  readonly rules: readonly HealthRule[];
}

/** All records of a platform, newest first. Those that cannot be read are left out of the list. */
export async function listRecords(platform: string, cluster: Cluster, ctx: Context): Promise<readonly ReleaseRecord[]> {
  const query = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: systemNamespace,
    labelSelector: `${platformLabel}=${platform},${releaseLabel}`,
  };
  const { items } = await cluster.list(query, ctx);
  return items.flatMap((item) => readRecord(item) ?? []).sort((a, b) => b.number - a.number);
}

/** undefined when the object is no record this version understands. */
export function readRecord(object: KubeObject): ReleaseRecord | undefined {
  try {
    const text = fieldAt(object, 'data', 'release.json');
    const packed = fieldAt(object, 'binaryData', 'detail.json.gz');
    if (typeof text !== 'string') return undefined;
    const summary: unknown = JSON.parse(text);
    if (!isObject(summary) || summary['version'] !== 1) return undefined;
    const detail: unknown =
      typeof packed === 'string' ? JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')) : {};
    // Version 1 is written by `printRecord` only.
    return { members: [], rules: [], ...summary, ...(isObject(detail) ? detail : {}) } as unknown as ReleaseRecord;
  } catch {
    return undefined;
  }
}

/** The record as a ConfigMap: a summary people can read, and the members packed. Throws E_DEPLOY_RECORD when there are too many members to fit. */
export function printRecord(record: ReleaseRecord): KubeObject {
  const { members, rules, ...summary } = record;
  const { apiVersion, kind, name } = recordId(record.platform, record.number);
  const packed = gzipSync(JSON.stringify({ members, rules }));
  if (packed.byteLength > inventoryLimitBytes) {
    throw deployErrors.E_DEPLOY_RECORD({
      what: `the record of release ${record.number} does not fit into one ConfigMap`,
      why: `${members.length} objects take ${packed.byteLength} bytes packed, ${inventoryLimitBytes} are allowed`,
      fix: 'split the platform into two',
    });
  }
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: systemNamespace,
      labels: { [platformLabel]: record.platform, [releaseLabel]: String(record.number) },
    },
    data: { 'release.json': JSON.stringify(summary, undefined, 2) },
    binaryData: { 'detail.json.gz': packed.toString('base64') },
  };
}

/**
 * Opens the record of this run: the one an earlier run of the same release left unfinished (`unfinished` is its number by the journal, for a run that
 * closed the record and nothing after), or the next number. Two forges cannot get the same number, because records are created, never replaced, here.
 */
export async function openRecord(
  draft: Omit<ReleaseRecord, 'number'>,
  { known, unfinished }: { readonly known: readonly ReleaseRecord[]; readonly unfinished: number | undefined },
  cluster: Cluster,
  ctx: Context,
): Promise<ReleaseRecord> {
  const [latest] = known;
  const isOurs =
    latest?.graphDigest === draft.graphDigest && (latest.outcome === 'running' || latest.number === unfinished);
  if (latest !== undefined && isOurs) return latest;
  for (let number = (latest?.number ?? 0) + 1; ; number++) {
    const record = { ...draft, number };
    await failpoints.hit('record.begin.before');
    if (await cluster.create(printRecord(record), ctx)) {
      await failpoints.hit('record.begin.after');
      return record;
    }
  }
}

/** Closes the record in the cluster and removes the oldest ones. */
export async function closeRecord(
  record: ReleaseRecord,
  known: readonly ReleaseRecord[],
  cluster: Cluster,
  ctx: Context,
): Promise<void> {
  const { data, binaryData } = printRecord(record);
  await failpoints.hit('record.end.before');
  await cluster.patch(
    recordId(record.platform, record.number),
    { data: data as JsonObject, binaryData: binaryData as Json },
    {},
    ctx,
  );
  await failpoints.hit('record.end.after');
  const old = known.filter(({ number }) => number <= record.number - recordsKept);
  await Promise.all(old.map(({ platform, number }) => cluster.delete(recordId(platform, number), {}, ctx)));
  await failpoints.hit('record.trim.after');
}
