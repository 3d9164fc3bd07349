import type { Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, groupOf, printGroupKind, type GroupKind, type ObjectId } from '@cluster-forge/kube/object';
import { failpoints, type Failpoint } from './failpoints.ts';
import {
  applySetId,
  applySetIdLabel,
  groupKindsAnnotation,
  namespacesAnnotation,
  parentId,
  platformLabel,
  systemNamespace,
  toolingAnnotation,
} from './names.ts';

const tooling = 'forge/v1';

/** What a platform's ApplySet says it may contain: where to look for members. */
export interface Inventory {
  readonly groupKinds: readonly GroupKind[];
  readonly namespaces: readonly string[];
}

/** Reads the ApplySet's parent; undefined when the platform has never been deployed here. */
export async function readInventory(platform: string, cluster: Cluster, ctx: Context): Promise<Inventory | undefined> {
  const parent = await cluster.get(parentId(platform), ctx);
  if (parent === undefined) return undefined;
  const list = (annotation: string) => {
    const text = fieldAt(parent, 'metadata', 'annotations', annotation);
    return typeof text === 'string' && text !== '' ? text.split(',') : [];
  };
  return { groupKinds: list(groupKindsAnnotation).map(parseGroupKind), namespaces: list(namespacesAnnotation) };
}

/**
 * Writes the parent when it differs from what is there. Before applying it must name everything old and new, or a crash would leave members nobody
 * looks for; after pruning it is narrowed to what is left.
 */
export async function writeInventory(
  platform: string,
  next: Inventory,
  before: Inventory | undefined,
  writing: Writing,
): Promise<void> {
  if (before !== undefined && annotationsKey(next) === annotationsKey(before)) return;
  const { cluster, ctx, failpoint } = writing;
  const { apiVersion, kind, name } = parentId(platform);
  const metadata = {
    name,
    namespace: systemNamespace,
    annotations: annotationsOf(next),
    labels: { [applySetIdLabel]: applySetId(platform), [platformLabel]: platform },
  };
  await failpoints.hit(`${failpoint}.before`);
  const created = before === undefined && (await cluster.create({ apiVersion, kind, metadata }, ctx));
  if (!created) await cluster.patch(parentId(platform), { metadata: { annotations: annotationsOf(next) } }, {}, ctx);
  await failpoints.hit(`${failpoint}.after` satisfies Failpoint);
}

export interface Writing {
  readonly cluster: Cluster;
  readonly ctx: Context;
  readonly failpoint: 'inventory' | 'inventory.end';
}

export function inventoryOf(ids: readonly ObjectId[]): Inventory {
  const kinds = new Map(
    ids.map(({ apiVersion, kind }) => [`${kind}.${groupOf(apiVersion)}`, { group: groupOf(apiVersion), kind }]),
  );
  return { groupKinds: [...kinds.values()], namespaces: [...new Set(ids.flatMap(({ namespace }) => namespace ?? []))] };
}

export function union(a: Inventory, b: Inventory): Inventory {
  const kinds = new Map([...a.groupKinds, ...b.groupKinds].map((kind) => [printGroupKind(kind), kind]));
  return { groupKinds: [...kinds.values()], namespaces: [...new Set([...a.namespaces, ...b.namespaces])] };
}

function annotationsOf({ groupKinds, namespaces }: Inventory) {
  return {
    [toolingAnnotation]: tooling,
    [groupKindsAnnotation]: groupKinds.map(printGroupKind).sort().join(','),
    [namespacesAnnotation]: namespaces
      .filter((name) => name !== systemNamespace)
      .sort()
      .join(','),
  };
}

const annotationsKey = (inventory: Inventory): string => JSON.stringify(annotationsOf(inventory));

function parseGroupKind(text: string): GroupKind {
  const dot = text.indexOf('.');
  return dot === -1 ? { group: '', kind: text } : { group: text.slice(dot + 1), kind: text.slice(0, dot) };
}
