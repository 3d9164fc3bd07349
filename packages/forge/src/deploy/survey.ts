import { ForgeError, type Context, type Json } from '@cluster-forge/base';
import type { Cluster, ServedKind } from '@cluster-forge/kube/cluster/cluster';
import { createHealthBook } from '@cluster-forge/kube/health/book';
import type { HealthBook, HealthRule } from '@cluster-forge/kube/health/verdict';
import { fieldAt, printGroupKind, type GroupKind, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import { inventoryOf, union, type Inventory } from './inventory.ts';
import { apiVersionOf } from './protect.ts';
import type { World } from './world.ts';

/** Objects nobody else keeps: storage classes of the cluster, by name, for the rule of volume claims. */
export type StorageClasses = ReadonlyMap<string, KubeObject>;

/** Reads what a platform has in the cluster: a watch for each kind that gates, one LIST for each that does not. Kinds without their CRD hold nothing yet. */
export async function survey(
  ids: readonly ObjectId[],
  inventory: Inventory | undefined,
  look: SurveyLook,
  ctx: Context,
): Promise<void> {
  const { cluster, world, book, labelSelector } = look;
  const wanted = inventory === undefined ? inventoryOf(ids) : union(inventoryOf(ids), inventory);
  const served = await servedKinds(wanted.groupKinds, cluster, ctx);
  const versions = new Map(ids.map((id) => [printGroupKind({ group: groupOfId(id), kind: id.kind }), id.apiVersion]));
  await Promise.all(
    wanted.groupKinds.map(async (kind) => {
      const found = servedAs(kind, versions.get(printGroupKind(kind)), served);
      if (found === undefined) return;
      const id = { apiVersion: apiVersionOf(found), kind: found.kind, name: '' };
      await world.served(id.apiVersion, id.kind);
      const query = { apiVersion: id.apiVersion, kind: id.kind, labelSelector };
      if (book.isImmediate(id)) await world.read(query);
      else await world.follow(query).catch(unlessGone);
    }),
  );
}

/** What the cluster serves; asked anew when something wanted is not among what is known, for its CRD may have come since. */
export async function servedKinds(
  wanted: readonly GroupKind[],
  cluster: Cluster,
  ctx: Context,
): Promise<readonly ServedKind[]> {
  const known = await cluster.kinds(ctx);
  const missing = wanted.find(
    ({ group, kind }) => !known.some((served) => served.group === group && served.kind === kind),
  );
  if (missing === undefined) return known;
  // To ask for an unknown kind makes discovery look again, whatever the version.
  await cluster.kind(apiVersionOf({ group: missing.group, version: 'v1' }), missing.kind, ctx);
  return cluster.kinds(ctx);
}

/** A kind whose CRD has gone holds nothing; what is to be applied to it waits for the CRD. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ForgeError && (error.code === 'E_API_NOT_FOUND' || error.code === 'E_API_KIND'))) throw error;
}

export interface SurveyLook {
  readonly cluster: Cluster;
  readonly world: World;
  readonly book: HealthBook;
  readonly labelSelector: string;
}

/** Reads kinds that gate on nothing once more, so that the record holds them as they are at the end. */
export async function readImmediate(
  ids: readonly ObjectId[],
  { world, book, labelSelector }: SurveyLook,
): Promise<void> {
  const kinds = new Map(ids.map((id) => [`${id.kind}.${id.apiVersion}`, id]));
  const immediate = [...kinds.values()].filter((id) => book.isImmediate(id));
  await Promise.all(immediate.map(({ apiVersion, kind }) => world.read({ apiVersion, kind, labelSelector })));
}

/** The health book of a deploy: rules of the components, status subresources as discovered, storage classes of cluster and release. */
export function bookFor(rules: readonly HealthRule[], world: World, classes: StorageClasses): HealthBook {
  return createHealthBook({
    custom: rules,
    hasStatus: (id) => world.known(id)?.hasStatus,
    related: (object): Readonly<Record<string, Json>> => {
      if (object.kind !== 'PersistentVolumeClaim') return {};
      const name = fieldAt(object, 'spec', 'storageClassName');
      if (typeof name !== 'string') return {};
      const found = world.live({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name }) ?? classes.get(name);
      return found === undefined ? {} : { storageClass: found };
    },
  });
}

export async function readStorageClasses(cluster: Cluster, ctx: Context): Promise<StorageClasses> {
  const { items } = await cluster.list({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' }, ctx);
  return new Map(items.map((item) => [item.metadata.name, item]));
}

function servedAs(
  { group, kind }: GroupKind,
  apiVersion: string | undefined,
  served: readonly ServedKind[],
): ServedKind | undefined {
  const candidates = served.filter((candidate) => candidate.group === group && candidate.kind === kind);
  return candidates.find((candidate) => apiVersionOf(candidate) === apiVersion) ?? candidates[0];
}

function groupOfId({ apiVersion }: ObjectId): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
