import type { Context, ForgeError } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { assessServing } from '@cluster-forge/kube/health/serving';
import type { HealthBook, Verdict } from '@cluster-forge/kube/health/verdict';
import { errors as kubeErrors } from '@cluster-forge/kube/errors';
import { objectKey, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import type { GraphNode } from '../plan/graph.ts';
import { applyObject, hasDigest, isOneShot, removeObject, type Applying, type ManifestItem } from './apply-object.ts';
import type { ObjectOutcome } from './deployment.ts';
import { isUnchanged } from './drift.ts';
import { ensureSecret, type SecretItem } from './ensure-secret.ts';
import type { Item } from './prepare.ts';
import type { Member } from './record.ts';
import type { SecretSource } from './secret-values.ts';
import type { ServingWatch } from './serving-lookup.ts';
import type { Session } from './session.ts';
import { isFatal, isTransient } from './transient.ts';
import type { Standing, Work, WorkNode } from './walk/work.ts';
import type { World } from './world.ts';

export interface WorkInput {
  readonly cluster: Cluster;
  readonly world: World;
  readonly book: HealthBook;
  readonly serving: ServingWatch;
  readonly session: Session;
  readonly items: ReadonlyMap<string, Item>;
  /** Members of the last release that was recorded, by key. */
  readonly recorded: ReadonlyMap<string, Member>;
  /** Digests of one-shot objects that ran to their end in an earlier, unfinished run, by key. */
  readonly doneBefore: ReadonlyMap<string, string>;
  /** Keys that somebody wants to see serving. */
  readonly served: ReadonlySet<string>;
  /** Keys of objects that were in the cluster before this deploy. */
  readonly present: ReadonlySet<string>;
  readonly labelSelector: string;
  readonly force: boolean;
  readonly secrets: SecretSource;
  readonly diagnose: (node: WorkNode, ctx: Context) => Promise<string>;
  /** Ends the whole deploy. */
  readonly abort: (error: unknown) => void;
}

export interface DeployWork extends Work {
  readonly actions: ReadonlyMap<string, ObjectOutcome['action']>;
  /** One-shot objects that have run to their end, by key. */
  readonly done: ReadonlyMap<string, string>;
}

/** What a walk does to a real cluster. */
export function createWork(input: WorkInput): DeployWork {
  const actions = new Map<string, ObjectOutcome['action']>();
  const done = new Map(input.doneBefore);
  const verdicts = new WeakMap<KubeObject, Verdict>();
  const assess = (object: KubeObject): Verdict => {
    // A claim's verdict also depends on its class, so it is not kept.
    const known = object.kind === 'PersistentVolumeClaim' ? undefined : verdicts.get(object);
    const verdict = known ?? input.book.assess(object);
    verdicts.set(object, verdict);
    return verdict;
  };
  const settled = (key: string) => ['left out', 'kept'].includes(actions.get(key) ?? '');
  return {
    actions,
    done,
    isTransient: (error) => !isFatal(error) && isTransient(error),
    begin: async (node, ctx) => {
      const item = input.items.get(keyOf(node));
      try {
        actions.set(keyOf(node), item === undefined ? 'left out' : await bring(item, input, done, ctx));
      } catch (error) {
        if (isFatal(error)) input.abort(error);
        throw error;
      }
    },
    standing: (node) => {
      const key = keyOf(node);
      if (node.kind === 'secret' || settled(key)) return { level: 'serving', state: 'ready', message: 'ready' };
      const live = input.world.live(node.object);
      if (live === undefined)
        return done.has(key) ? finished : { level: 'applied', state: 'progressing', message: 'not seen yet' };
      const standing = standingOf(assess(live), live, input);
      if (standing.level !== 'applied') remember(input, done, key);
      return standing;
    },
    subscribe: (listener) => subscribeAll(input, listener),
    diagnose: input.diagnose,
    mayExcuse: (node) => {
      const live = input.world.live(node.object);
      return live !== undefined && assess(live).rule === 'generic';
    },
    mayFallBack: (node) =>
      node.kind === 'object' &&
      actions.get(keyOf(node)) !== 'unchanged' &&
      !steadyKinds.has(node.object.kind) &&
      !input.book.isImmediate(node.object),
  };
}

/** Ready once, ready for good: a definition stays established, a Job complete, a claim bound. */
const steadyKinds: ReadonlySet<string> = new Set(['CustomResourceDefinition', 'Job', 'PersistentVolumeClaim']);

function subscribeAll({ world, serving, served }: WorkInput, listener: (id: string) => void): () => void {
  const ends = [world.subscribe(listener), serving.subscribe(() => served.forEach(listener))];
  return () => ends.forEach((end) => end());
}

const finished: Standing = { level: 'serving', state: 'ready', message: 'ran to its end' };

function standingOf(verdict: Verdict, live: KubeObject, { served, serving }: WorkInput): Standing {
  const { state, message } = verdict;
  if (state !== 'ready') return { level: 'applied', state, message };
  const key = objectKey({
    apiVersion: live.apiVersion,
    kind: live.kind,
    ...namespaceOf(live),
    name: live.metadata.name,
  });
  if (!served.has(key)) return { level: 'serving', state, message };
  serving.watchFor(live);
  const answer = assessServing(live, serving);
  return answer.state === 'ready'
    ? { level: 'serving', state, message }
    : { level: 'ready', state: answer.state, message: answer.message };
}

/** A Job that is ready has run; the journal knows it from now on, for its TTL may remove it. */
function remember({ items, session }: WorkInput, done: Map<string, string>, key: string): void {
  const item = items.get(key);
  if (item?.what.kind !== 'manifest' || item.id.kind !== 'Job' || done.has(key)) return;
  done.set(key, item.what.digest);
  session.begun()?.journal.note({ kind: 'done', key, digest: item.what.digest });
}

async function bring(
  item: Item,
  input: WorkInput,
  done: Map<string, string>,
  ctx: Context,
): Promise<ObjectOutcome['action']> {
  if (item.what.kind === 'out') return 'left out';
  if (isSecret(item)) {
    const journal = async () => (await input.session.begin()).journal;
    const result = await ensureSecret(item, { cluster: input.cluster, source: input.secrets, journal }, ctx);
    return result === 'created' ? 'created' : result === 'completed' ? 'applied' : 'unchanged';
  }
  return isManifest(item) ? bringManifest(item, input, done, ctx) : 'left out';
}

async function bringManifest(
  item: ManifestItem,
  input: WorkInput,
  done: Map<string, string>,
  ctx: Context,
): Promise<ObjectOutcome['action']> {
  const { world, session, cluster, force } = input;
  const live = world.live(item.id);
  if (live === undefined && ranBefore(item, input, done)) return 'kept';
  const replace = live !== undefined && mustReplace(item, live, input);
  if (live !== undefined && !replace && isUnchanged(live, item.what.digest, input.recorded.get(item.key))) {
    await follow(item, input);
    return 'unchanged';
  }
  const { journal } = await session.begin();
  const applying: Applying = { cluster, world, journal, force };
  await follow(item, input);
  if (replace) await removeObject(live, item.id, applying, ctx);
  await applyObject(item, applying, ctx);
  return replace ? 'recreated' : 'applied';
}

/** Watches the kind from before its first object is sent, so that no change is missed. Kinds that gate on nothing are not watched. */
async function follow({ id }: Item, { book, world, labelSelector }: WorkInput): Promise<void> {
  if ((await world.served(id.apiVersion, id.kind)) === undefined) throw notServedYet(id);
  if (!book.isImmediate(id)) await world.follow({ apiVersion: id.apiVersion, kind: id.kind, labelSelector });
}

/** Discovery follows an established CRD after a moment; until then nobody knows whether its objects have a status to wait for. */
function notServedYet({ apiVersion, kind }: ObjectId): ForgeError {
  return kubeErrors.E_API_KIND({
    what: `the cluster does not serve ${kind} in ${apiVersion} yet`,
    why: 'its CRD is missing or has only just been established',
    fix: 'add the CRD to the platform, or correct the apiVersion',
  });
}

function ranBefore(item: ManifestItem, { recorded }: WorkInput, done: Map<string, string>): boolean {
  if (item.id.kind !== 'Job') return false;
  const record = recorded.get(item.key);
  const { digest } = item.what;
  const ran = done.get(item.key) === digest || (record?.done === true && record.digest === digest);
  if (ran) done.set(item.key, digest);
  return ran;
}

/** A one-shot object of another content, or one that had failed before this deploy began, makes room for a new run. */
function mustReplace(item: ManifestItem, live: KubeObject, { book, present }: WorkInput): boolean {
  if (!isOneShot(item)) return false;
  return !hasDigest(live, item.what.digest) || (present.has(item.key) && book.assess(live).state === 'failed');
}

const isManifest = (item: Item): item is ManifestItem => item.what.kind === 'manifest';
const isSecret = (item: Item): item is SecretItem => item.what.kind === 'secret';

function keyOf(node: WorkNode | Extract<GraphNode, { readonly object: unknown }>): string {
  return objectKey(node.object);
}

function namespaceOf(object: KubeObject): { readonly namespace?: string } {
  const namespace = object.metadata['namespace'];
  return typeof namespace === 'string' ? { namespace } : {};
}
