import type { Context } from '@cluster-forge/base';
import { objectKey, type KubeObject, type ObjectId } from '../object.ts';
import type { Cluster, ListQuery, WatchEvent } from './cluster.ts';

/** What a subscriber is told. `failed` is the last: the watch cannot go on, for instance because the kind is not served. */
export type WatchChange = WatchEvent | { readonly kind: 'failed'; readonly error: unknown };

/** One watch per kind, namespace and selector, however many look at it. */
export interface SharedWatches {
  /** Tells `synced` with everything known first (at once, when the watch runs already), then each change, in order. */
  subscribe(query: ListQuery, onChange: (change: WatchChange) => void): Subscription;
  /** Ends all watches. */
  close(): void;
}

export interface Subscription {
  /** Everything as of the last change told; empty before `synced`. */
  snapshot(): readonly KubeObject[];
  /** One object of the snapshot. */
  find(id: ObjectId): KubeObject | undefined;
  /** The watch ends with its last subscriber. */
  close(): void;
}

interface Shared {
  readonly objects: Map<string, KubeObject>;
  readonly listeners: Set<(change: WatchChange) => void>;
  readonly stop: AbortController;
  isSynced: boolean;
}

/** Watches of one cluster, for as long as `ctx.signal` lasts. Listeners are called one after another and must not throw. */
export function sharedWatches(cluster: Pick<Cluster, 'watch'>, ctx: Context): SharedWatches {
  const running = new Map<string, Shared>();
  return {
    subscribe(query, onChange) {
      const key = keyOf(query);
      const shared = running.get(key) ?? start({ cluster, query, running, key }, ctx);
      shared.listeners.add(onChange);
      if (shared.isSynced) onChange({ kind: 'synced', items: [...shared.objects.values()] });
      return {
        snapshot: () => [...shared.objects.values()],
        find: (id) => shared.objects.get(objectKey(id)),
        close: () => leave(shared, onChange),
      };
    },
    close() {
      for (const { stop } of running.values()) stop.abort();
    },
  };
}

function leave(shared: Shared, onChange: (change: WatchChange) => void): void {
  shared.listeners.delete(onChange);
  if (shared.listeners.size === 0) shared.stop.abort();
}

interface Start {
  readonly cluster: Pick<Cluster, 'watch'>;
  readonly query: ListQuery;
  readonly running: Map<string, Shared>;
  readonly key: string;
}

function start({ cluster, query, running, key }: Start, ctx: Context): Shared {
  const stop = new AbortController();
  const shared: Shared = { objects: new Map(), listeners: new Set(), stop, isSynced: false };
  const forget = () => {
    if (running.get(key) === shared) running.delete(key);
  };
  stop.signal.addEventListener('abort', forget, { once: true });
  running.set(key, shared);
  void run(shared, cluster.watch(query, { ...ctx, signal: AbortSignal.any([ctx.signal, stop.signal]) })).finally(
    forget,
  );
  return shared;
}

async function run(shared: Shared, events: AsyncIterable<WatchEvent>): Promise<void> {
  try {
    for await (const event of events) {
      keep(shared, event);
      tell(shared, event);
    }
  } catch (error) {
    if (!shared.stop.signal.aborted) tell(shared, { kind: 'failed', error });
  }
}

function tell(shared: Shared, change: WatchChange): void {
  for (const listener of shared.listeners) listener(change);
}

function keep(shared: Shared, event: WatchEvent): void {
  if (event.kind === 'synced') {
    shared.isSynced = true;
    shared.objects.clear();
    for (const object of event.items) shared.objects.set(keyOfObject(object), object);
  } else if (event.kind === 'upsert') shared.objects.set(keyOfObject(event.object), event.object);
  else if (event.kind === 'delete') shared.objects.delete(keyOfObject(event.object));
}

function keyOfObject({ apiVersion, kind, metadata }: KubeObject): string {
  const { name, namespace } = metadata;
  return objectKey({ apiVersion, kind, name, ...(typeof namespace === 'string' ? { namespace } : {}) });
}

function keyOf({ apiVersion, kind, namespace, labelSelector, fieldSelector }: ListQuery): string {
  return JSON.stringify([apiVersion, kind, namespace, labelSelector, fieldSelector]);
}
