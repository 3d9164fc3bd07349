import { ForgeError, type Context } from '@cluster-forge/base';
import type { Cluster, ListQuery, ObjectList, ServedKind, WatchEvent } from '@cluster-forge/kube/cluster/cluster';
import { groupOf, idOf, objectKey, printGroupKind, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';

/**
 * What a cluster holds of one platform, kept up to date by watches: one watch per kind that gates, one LIST per kind that does not. Nothing polls.
 * Lives as long as its context's signal.
 */
export interface World {
  /** As last seen. An answer to an apply counts as seen. */
  live(id: ObjectId): KubeObject | undefined;
  all(): Iterable<KubeObject>;
  /** Reads a kind once. Kinds the cluster does not serve hold nothing. */
  read(query: ListQuery): Promise<void>;
  /** Follows a kind from now on; resolves when its present state is known. A second call for the same query waits for the first. */
  follow(query: ListQuery): Promise<void>;
  /** Takes in an object that came as an answer, unless something newer is known. */
  saw(object: KubeObject): void;
  /** Kind as served; remembered once it is found. */
  served(apiVersion: string, kind: string): Promise<ServedKind | undefined>;
  /** What `served` has found so far. */
  known(id: Pick<ObjectId, 'apiVersion' | 'kind'>): ServedKind | undefined;
  subscribe(listener: (key: string) => void): () => void;
}

interface Store {
  readonly objects: Map<string, KubeObject>;
  readonly listeners: Set<(key: string) => void>;
}

export function createWorld(cluster: Cluster, ctx: Context): World {
  const store: Store = { objects: new Map(), listeners: new Set() };
  const kinds = new Map<string, ServedKind>();
  const follows = new Map<string, Promise<void>>();
  const served = async (apiVersion: string, kind: string) => {
    const name = kindKey({ apiVersion, kind });
    const found = kinds.get(name) ?? (await cluster.kind(apiVersion, kind, ctx));
    if (found !== undefined) kinds.set(name, found);
    return found;
  };
  return {
    served,
    live: (id) => store.objects.get(objectKey(id)),
    all: () => store.objects.values(),
    known: (id) => kinds.get(kindKey(id)),
    saw: (object) => put(store, object),
    read: async (query) => {
      if ((await served(query.apiVersion, query.kind)) !== undefined)
        replace(store, query, await listed(cluster.list(query, ctx)));
    },
    follow: (query) => {
      const before = follows.get(queryKey(query));
      if (before !== undefined) return before;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      follows.set(queryKey(query), promise);
      // Whoever waits for it sees the failure; when nobody does any more it must not end the program.
      promise.catch(() => follows.delete(queryKey(query)));
      keepUp(store, query, cluster.watch(query, ctx), resolve).then(() => reject(ctx.signal.reason), reject);
      return promise;
    },
    subscribe: (listener) => {
      store.listeners.add(listener);
      return () => store.listeners.delete(listener);
    },
  };
}

/** Discovery still names a kind for a while after its CRD has gone; asked for, the kind is not found and holds nothing. */
export async function listed(listing: Promise<ObjectList>): Promise<readonly KubeObject[]> {
  try {
    return (await listing).items;
  } catch (error) {
    if (error instanceof ForgeError && (error.code === 'E_API_NOT_FOUND' || error.code === 'E_API_KIND')) return [];
    throw error;
  }
}

async function keepUp(
  store: Store,
  query: ListQuery,
  events: AsyncIterable<WatchEvent>,
  synced: () => void,
): Promise<void> {
  for await (const event of events) {
    if (event.kind === 'synced') {
      replace(store, query, event.items);
      synced();
    } else if (event.kind === 'upsert') put(store, typed(event.object, query));
    else if (event.kind === 'delete') drop(store, objectKey(idOf(typed(event.object, query))));
  }
}

function replace(store: Store, query: ListQuery, items: readonly KubeObject[]): void {
  const complete = items.map((item) => typed(item, query));
  const present = new Set(complete.map((item) => objectKey(idOf(item))));
  for (const [key, object] of store.objects) if (covers(query, object) && !present.has(key)) drop(store, key);
  for (const object of complete) put(store, object);
}

function put(store: Store, object: KubeObject): void {
  const key = objectKey(idOf(object));
  if (isOlder(object, store.objects.get(key))) return;
  store.objects.set(key, object);
  for (const listener of store.listeners) listener(key);
}

function drop(store: Store, key: string): void {
  if (store.objects.delete(key)) for (const listener of store.listeners) listener(key);
}

/** Kubernetes leaves apiVersion and kind out of the items of a list. */
function typed(object: KubeObject, { apiVersion, kind }: ListQuery): KubeObject {
  return typeof object.kind === 'string' && typeof object.apiVersion === 'string'
    ? object
    : { ...object, apiVersion, kind };
}

/** Resource versions are comparable numbers since Kubernetes 1.35 (KEP-5504) and were in every release before; where they are not, the later answer wins. */
function isOlder(object: KubeObject, known: KubeObject | undefined): boolean {
  if (known === undefined || known.metadata['uid'] !== object.metadata['uid']) return false;
  const [version, other] = [versionOf(object), versionOf(known)];
  return version !== undefined && other !== undefined && version < other;
}

function versionOf(object: KubeObject): bigint | undefined {
  const version = object.metadata['resourceVersion'];
  return typeof version === 'string' && /^\d+$/.test(version) ? BigInt(version) : undefined;
}

/** True when a query would have found this object. Field selectors are not used here. */
function covers(query: ListQuery, object: KubeObject): boolean {
  if (object.kind !== query.kind || groupOf(object.apiVersion) !== groupOf(query.apiVersion)) return false;
  return query.namespace === undefined || object.metadata['namespace'] === query.namespace;
}

function kindKey({ apiVersion, kind }: Pick<ObjectId, 'apiVersion' | 'kind'>): string {
  return printGroupKind({ group: groupOf(apiVersion), kind });
}

function queryKey(query: ListQuery): string {
  return [kindKey(query), query.namespace ?? '*', query.labelSelector ?? ''].join(' ');
}
