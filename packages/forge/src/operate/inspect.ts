import type { Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { HealthBook } from '@cluster-forge/kube/health/verdict';
import { fieldAt, idOf, objectKey, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import { deployErrors } from '../deploy/errors.ts';
import { readInventory, type Inventory } from '../deploy/inventory.ts';
import {
  applySetId,
  applySetIdLabel,
  componentLabel,
  partOfLabel,
  platformLabel,
  systemNamespace,
} from '../deploy/names.ts';
import { apiVersionOf } from '../deploy/protect.ts';
import { listRecords, type Member, type ReleaseRecord } from '../deploy/record.ts';
import { bookFor, readStorageClasses, servedKinds } from '../deploy/survey.ts';
import { createWorld, type World } from '../deploy/world.ts';

/** A platform as one cluster knows it: nothing here comes from local files. */
export interface Inspection {
  readonly platform: string;
  readonly world: World;
  readonly book: HealthBook;
  readonly inventory: Inventory;
  readonly records: readonly ReleaseRecord[];
  /** Members of the newest record that lists any; without one, what carries the platform's label. */
  readonly members: readonly Member[];
  readonly labelSelector: string;
}

/** Names of the platforms in a cluster, sorted. */
export async function listPlatforms(cluster: Cluster, ctx: Context): Promise<readonly string[]> {
  const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace: systemNamespace, labelSelector: applySetIdLabel };
  const { items } = await cluster.list(query, ctx);
  const names = items.map((item) => fieldAt(item, 'metadata', 'labels', platformLabel));
  return names.filter((name) => typeof name === 'string').sort();
}

/** Reads a platform's records and objects once. Throws E_DEPLOY_UNKNOWN when the cluster has no such platform. */
export async function inspect(platform: string, cluster: Cluster, ctx: Context): Promise<Inspection> {
  const inventory = await readInventory(platform, cluster, ctx);
  if (inventory === undefined) throw await unknownPlatform(platform, cluster, ctx);
  const [records, classes] = await Promise.all([listRecords(platform, cluster, ctx), readStorageClasses(cluster, ctx)]);
  const world = createWorld(cluster, ctx);
  const rules = records.find(({ rules: own }) => own.length > 0)?.rules ?? [];
  const labelSelector = `${partOfLabel}=${applySetId(platform)}`;
  await readAll(inventory, world, { cluster, labelSelector }, ctx);
  const recorded = records.find(({ members }) => members.length > 0)?.members;
  const members = recorded ?? [...world.all()].map(labelled);
  return { platform, world, book: bookFor(rules, world, classes), inventory, records, members, labelSelector };
}

async function readAll(
  inventory: Inventory,
  world: World,
  where: { readonly cluster: Cluster; readonly labelSelector: string },
  ctx: Context,
): Promise<void> {
  const served = await servedKinds(inventory.groupKinds, where.cluster, ctx);
  await Promise.all(
    inventory.groupKinds.map(async ({ group, kind }) => {
      const found = served.find((candidate) => candidate.group === group && candidate.kind === kind);
      if (found !== undefined)
        await world.read({ apiVersion: apiVersionOf(found), kind, labelSelector: where.labelSelector });
    }),
  );
}

function labelled(object: KubeObject): Member {
  const component = fieldAt(object, 'metadata', 'labels', componentLabel);
  return { id: idOf(object), component: typeof component === 'string' ? component : '', digest: '', order: 0 };
}

async function unknownPlatform(platform: string, cluster: Cluster, ctx: Context) {
  const known = await listPlatforms(cluster, ctx);
  return deployErrors.E_DEPLOY_UNKNOWN({
    what: `cluster ${cluster.name} has no platform ${platform}`,
    why: known.length === 0 ? 'forge has deployed nothing here' : `it has ${known.join(', ')}`,
    fix: 'deploy it with `forge deploy`, or choose another cluster with --context',
  });
}

/** How one member is: `ready`, or why not. */
export interface MemberState {
  readonly id: ObjectId;
  readonly component: string;
  readonly ready: boolean;
  readonly message: string;
}

/** A Job that ran to its end may be gone; an object of a kind without rule that nobody gave a status counts as ready, as it did for its gate. */
export function memberState(
  { id, component, done }: Member,
  { world, book }: Pick<Inspection, 'world' | 'book'>,
): MemberState {
  const live = world.live(id);
  if (live === undefined)
    return { id, component, ready: done === true, message: done === true ? 'ran to its end' : 'is missing' };
  const { state, message, rule } = book.assess(live);
  return { id, component, ready: state === 'ready' || (state === 'unobserved' && rule === 'generic'), message };
}

/** Finds a member by `objectKey`, `Kind namespace/name`, `Kind/name` or `kind/name`, whatever the case of the kind. */
export function findMembers(subject: string, members: readonly Member[]): readonly Member[] {
  const wanted = subject.toLowerCase();
  return members.filter(({ id }) => {
    const name = id.namespace === undefined ? id.name : `${id.namespace}/${id.name}`;
    return [
      objectKey(id),
      `${id.kind} ${name}`,
      `${id.kind} ${id.name}`,
      `${id.kind}/${id.name}`,
      `${id.kind}/${name}`,
    ].some((text) => text.toLowerCase() === wanted);
  });
}
