import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { ForgeError, type Context, type Json, type JsonObject } from '@cluster-forge/base';
import { identify, isSameProcess } from '@cluster-forge/base/exec/process';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { deployErrors } from './errors.ts';
import { failpoints } from './failpoints.ts';
import { leaseId, platformLabel, systemNamespace } from './names.ts';

/** How long a holder may be silent before another one takes its place. */
export const leaseDurationMs = 30_000;
const renewEveryMs = 10_000;

const holderAnnotation = 'clusterforge.dev/holder';

/** The right to change one platform in one cluster. */
export interface HeldLease {
  /** Aborts with E_DEPLOY_LEASE_LOST when somebody else has taken over. */
  readonly signal: AbortSignal;
  /** Throws E_DEPLOY_LEASE_STALE while it could not be renewed for so long that another may have taken over: nothing may be written then. */
  assertFresh(): void;
  /** Gives it back; never throws: an unreachable API server lets it expire by itself. */
  release(): Promise<void>;
}

/** `alice@laptop`. */
export function defaultWho(): string {
  return `${userInfo().username}@${hostname()}`;
}

/**
 * Takes the lease of a platform. One that expired, was given back, or whose holder was a process of this computer that is gone, is taken over at
 * once. Throws E_DEPLOY_LOCKED with who holds it and since when.
 */
export async function acquireLease(platform: string, who: string, cluster: Cluster, ctx: Context): Promise<HeldLease> {
  await failpoints.hit('lease.before');
  const mine = await ourSpec(who, ctx);
  for (let tries = 0; tries < 5; tries++) {
    const present = await cluster.get(leaseId(platform), ctx);
    const taken = await take(platform, present, { mine, cluster, ctx });
    if (taken === undefined) continue;
    await failpoints.hit('lease.after');
    return keep(platform, taken, { mine, cluster, ctx });
  }
  throw deployErrors.E_DEPLOY_LOCKED({
    what: `cannot get hold of the lease of platform ${platform}`,
    why: 'several forges ask for it at the same time',
    fix: 'wait a moment and run the same command again',
  });
}

/** undefined: somebody was faster. A lease that is ours already is one whose answer was lost on the way. */
async function take(
  platform: string,
  present: KubeObject | undefined,
  taking: Taking,
): Promise<KubeObject | undefined> {
  const { mine, cluster, ctx } = taking;
  if (present === undefined) return createLease(platform, mine, cluster, ctx);
  if (isMine(present, mine)) return present;
  if (await isHeld(present, ctx)) throw locked(platform, present, ctx);
  return takeOver(platform, present, taking);
}

function isMine(lease: KubeObject, { annotations }: OurSpec): boolean {
  return fieldAt(lease, 'metadata', 'annotations', holderAnnotation) === annotations[holderAnnotation];
}

interface OurSpec {
  readonly spec: JsonObject;
  readonly annotations: JsonObject;
}

async function ourSpec(who: string, ctx: Context): Promise<OurSpec> {
  const identity = {
    nonce: randomUUID(),
    host: hostname(),
    ...((await identify()) ?? { pid: process.pid, startTime: 'unknown' }),
  };
  const now = microTime(ctx.clock.now());
  return {
    spec: {
      holderIdentity: `${who} (pid ${process.pid})`,
      acquireTime: now,
      renewTime: now,
      leaseDurationSeconds: leaseDurationMs / 1000,
    },
    annotations: { [holderAnnotation]: JSON.stringify(identity) },
  };
}

async function createLease(
  platform: string,
  { spec, annotations }: OurSpec,
  cluster: Cluster,
  ctx: Context,
): Promise<KubeObject | undefined> {
  const { apiVersion, kind, name } = leaseId(platform);
  const object: KubeObject = {
    apiVersion,
    kind,
    metadata: { name, namespace: systemNamespace, annotations, labels: { [platformLabel]: platform } },
    spec,
  };
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: systemNamespace } }, ctx);
  return (await cluster.create(object, ctx)) ? cluster.get(leaseId(platform), ctx) : undefined;
}

interface Taking {
  readonly mine: OurSpec;
  readonly cluster: Cluster;
  readonly ctx: Context;
}

/** undefined: somebody was faster. */
async function takeOver(
  platform: string,
  present: KubeObject,
  { mine, cluster, ctx }: Taking,
): Promise<KubeObject | undefined> {
  const { resourceVersion } = present.metadata;
  const patch = {
    metadata: { resourceVersion: resourceVersion ?? null, annotations: mine.annotations },
    spec: mine.spec,
  };
  return unlessConflict(cluster.patch(leaseId(platform), patch, {}, ctx));
}

async function unlessConflict<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'E_API_CONFLICT') return undefined;
    throw error;
  }
}

async function isHeld(lease: KubeObject, ctx: Context): Promise<boolean> {
  const holder = fieldAt(lease, 'spec', 'holderIdentity');
  if (typeof holder !== 'string' || holder === '') return false;
  if (await isDeadNeighbour(lease)) return false;
  return ctx.clock.now() < renewedAt(lease) + durationOf(lease);
}

/** The holder ran on this computer and is no more, so nobody has to wait for its lease to expire. */
async function isDeadNeighbour(lease: KubeObject): Promise<boolean> {
  const text = fieldAt(lease, 'metadata', 'annotations', holderAnnotation);
  if (typeof text !== 'string') return false;
  try {
    // Written by ourSpec; anything else fails the comparisons below.
    const { host, pid, startTime } = JSON.parse(text) as { host: unknown; pid: unknown; startTime: unknown };
    if (host !== hostname() || typeof pid !== 'number' || typeof startTime !== 'string') return false;
    return !(await isSameProcess({ pid, startTime }));
  } catch {
    return false;
  }
}

function locked(platform: string, lease: KubeObject, ctx: Context): ForgeError {
  const holder = fieldAt(lease, 'spec', 'holderIdentity');
  const since = fieldAt(lease, 'spec', 'acquireTime');
  const ageSeconds = Math.max(0, Math.round((ctx.clock.now() - renewedAt(lease)) / 1000));
  return deployErrors.E_DEPLOY_LOCKED({
    what: `${JSON.stringify(holder)} is working on platform ${platform} since ${JSON.stringify(since)}`,
    why: `its lease was renewed ${ageSeconds} s ago; two at once would undo each other's work`,
    fix: `wait until it ends; should it be gone, the lease expires by itself after ${durationOf(lease) / 1000} s`,
  });
}

function keep(platform: string, taken: KubeObject, taking: Taking): HeldLease {
  const { cluster, ctx } = taking;
  const lost = new AbortController();
  const done = new AbortController();
  let version: Json = taken.metadata['resourceVersion'] ?? null;
  let renewedMs = ctx.clock.now();
  const renew = async () => {
    for (;;) {
      await ctx.clock.sleep(renewEveryMs, done.signal);
      const renewed = await tryRenew(platform, version, { ...taking, ctx: { ...ctx, signal: done.signal } });
      if (renewed !== undefined) [version, renewedMs] = [renewed.version, ctx.clock.now()];
    }
  };
  const renewing = renew().catch((error: unknown) => {
    if (!done.signal.aborted) lost.abort(error);
  });
  return {
    signal: lost.signal,
    assertFresh: () => {
      if (ctx.clock.now() - renewedMs >= leaseDurationMs) throw staleLease(platform);
    },
    release: async () => {
      done.abort();
      await renewing;
      if (lost.signal.aborted) return;
      await failpoints.hit('release.before');
      const patch = { metadata: { resourceVersion: version }, spec: { holderIdentity: '' } };
      await cluster
        .patch(leaseId(platform), patch, {}, { ...ctx, signal: AbortSignal.timeout(5_000) })
        .catch(() => undefined);
      await failpoints.hit('release.after');
    },
  };
}

type Renewal = { readonly version: Json } | undefined;

/** The new resource version; undefined for failures that may pass. Throws E_DEPLOY_LEASE_LOST when the lease is not ours any more. */
async function tryRenew(platform: string, version: Json, { mine, cluster, ctx }: Taking): Promise<Renewal> {
  const patch = { metadata: { resourceVersion: version }, spec: { renewTime: microTime(ctx.clock.now()) } };
  try {
    const lease = await cluster.patch(leaseId(platform), patch, {}, ctx);
    return { version: lease.metadata['resourceVersion'] ?? null };
  } catch (error) {
    const code = error instanceof ForgeError ? error.code : undefined;
    if (code !== 'E_API_CONFLICT' && code !== 'E_API_NOT_FOUND') return undefined;
  }
  // An answer that was lost on the way makes our own repeat a conflict.
  const lease = await cluster.get(leaseId(platform), ctx);
  if (lease !== undefined && isMine(lease, mine)) return { version: lease.metadata['resourceVersion'] ?? null };
  throw lostLease(platform, 'somebody else has changed it');
}

function staleLease(platform: string): ForgeError {
  return deployErrors.E_DEPLOY_LEASE_STALE({
    what: `the lease of platform ${platform} could not be renewed for ${leaseDurationMs / 1000} s`,
    why: 'the API server does not answer, and without the lease nothing may be written',
    fix: 'check that the API server answers; the deploy goes on as soon as it does',
  });
}

function lostLease(platform: string, why: string): ForgeError {
  return deployErrors.E_DEPLOY_LEASE_LOST({
    what: `the lease of platform ${platform} was lost`,
    why,
    fix: 'see who works on it with `forge status`, then run the same command again; it goes on from where this one stopped',
  });
}

function renewedAt(lease: KubeObject): number {
  const time = fieldAt(lease, 'spec', 'renewTime');
  return typeof time === 'string' ? Date.parse(time) : 0;
}

function durationOf(lease: KubeObject): number {
  const seconds = fieldAt(lease, 'spec', 'leaseDurationSeconds');
  return typeof seconds === 'number' ? seconds * 1000 : leaseDurationMs;
}

/** Kubernetes MicroTime: RFC 3339 with six digits. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
