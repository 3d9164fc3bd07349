import type { Json } from '@cluster-forge/base';
import { isNewer } from '@cluster-forge/kube/cluster/list-watch';
import { fieldAt, objectKey, type KubeObject } from '@cluster-forge/kube/object';
import { ownerLabel } from './children.ts';
import type { Applied } from './effects.ts';
import type { KeyedQueue } from './queue.ts';
import type { Progress } from './reconcile.ts';

/** What one model knows about its objects. */
export interface Memory {
  readonly objects: Map<string, KubeObject>;
  /** Uids of objects that were deleted and whose children may still be there. */
  readonly gone: Map<string, string>;
  /** By uid of the owner, then by key. */
  readonly children: Map<string, Map<string, KubeObject>>;
  /** By uid. */
  readonly progress: Map<string, Progress>;
  /** By uid: what was sent for each child, so that an unchanged child is not sent again. */
  readonly applied: Map<string, Applied>;
}

export function emptyMemory(): Memory {
  return { objects: new Map(), gone: new Map(), children: new Map(), progress: new Map(), applied: new Map() };
}

/** Keeps what a write has answered, which the watch will only tell later. */
export function remember(memory: Memory, written: KubeObject | undefined): void {
  if (written === undefined || !memory.objects.has(keyOf(written)) || isStale(memory, written)) return;
  memory.objects.set(keyOf(written), written);
}

/** True for a state of an object that is older than the one we know. */
function isStale({ objects }: Memory, object: KubeObject): boolean {
  const known = objects.get(keyOf(object));
  if (known === undefined || uidOf(known) !== uidOf(object)) return false;
  return isNewer(textOf(known.metadata['resourceVersion']), textOf(object.metadata['resourceVersion']));
}

/** What a watch of one kind does to the memory. */
export interface Handlers {
  readonly synced: (objects: readonly KubeObject[]) => void;
  readonly upsert: (object: KubeObject) => void;
  readonly gone: (object: KubeObject) => void;
}

/** Changes of the objects a model is for. */
export function objectHandlers(memory: Memory, queue: KeyedQueue): Handlers {
  const upsert = (object: KubeObject) => {
    if (isStale(memory, object)) return;
    memory.objects.set(keyOf(object), object);
    queue.add(keyOf(object));
  };
  const gone = (object: KubeObject) => {
    memory.objects.delete(keyOf(object));
    memory.gone.set(keyOf(object), uidOf(object));
    queue.add(keyOf(object));
  };
  const synced = (objects: readonly KubeObject[]) => {
    const present = new Set(objects.map(keyOf));
    for (const [key, object] of memory.objects) if (!present.has(key)) gone(object);
    objects.forEach(upsert);
  };
  return { synced, upsert, gone };
}

/** Changes of one kind of their children. */
export function childHandlers(memory: Memory, queue: KeyedQueue, kind: string): Handlers {
  const change = (child: KubeObject, act: (siblings: Map<string, KubeObject>) => void) => {
    const owner = textOf(fieldAt(child, 'metadata', 'labels', ownerLabel));
    const siblings = memory.children.get(owner) ?? new Map<string, KubeObject>();
    memory.children.set(owner, siblings);
    act(siblings);
    for (const [key, object] of memory.objects) if (uidOf(object) === owner) queue.add(key);
  };
  const upsert = (child: KubeObject) => change(child, (siblings) => siblings.set(keyOf(child), child));
  const gone = (child: KubeObject) => change(child, (siblings) => siblings.delete(keyOf(child)));
  const synced = (children: readonly KubeObject[]) => {
    const present = new Set(children.map(keyOf));
    for (const siblings of memory.children.values())
      for (const [key, child] of siblings) if (child.kind === kind && !present.has(key)) gone(child);
    children.forEach(upsert);
  };
  return { synced, upsert, gone };
}

export function keyOf(object: KubeObject): string {
  const { apiVersion, kind, metadata } = object;
  const { namespace } = metadata;
  return objectKey({ apiVersion, kind, name: metadata.name, ...(typeof namespace === 'string' ? { namespace } : {}) });
}

export function uidOf(object: KubeObject): string {
  return textOf(object.metadata['uid']);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
