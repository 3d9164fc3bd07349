import { isObject, type Json } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { namespaceOf, type Link, type Look } from './look.ts';
import { missingFor, missingStorageClass } from './missing.ts';

/** What may be behind an object that is not ready, most likely first. */
export async function nextLinks(object: KubeObject, look: Look): Promise<readonly Link[]> {
  switch (object.kind) {
    case 'Deployment':
      return children(object, 'apps/v1', 'ReplicaSet', look);
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
    case 'ReplicationController':
      return children(object, 'v1', 'Pod', look);
    case 'Pod':
      return missingFor(object, look);
    case 'PersistentVolumeClaim':
      return missingStorageClass(object, look);
    default:
      return owned(object, look);
  }
}

/** Objects of a kind that this one controls and that are not ready; those of the newest first. */
async function children(parent: KubeObject, apiVersion: string, kind: string, look: Look): Promise<readonly Link[]> {
  const selector = fieldAt(parent, 'spec', 'selector', 'matchLabels') ?? fieldAt(parent, 'spec', 'selector');
  const items = await unready({ apiVersion, kind, namespace: namespaceOf(parent), ...selectorText(selector) }, look);
  const own = items.filter((item) => ownersOf(item).some((owner) => fieldAt(owner, 'uid') === parent.metadata['uid']));
  return own.sort((a, b) => createdAt(b) - createdAt(a)).map((object) => ({ object }));
}

/** Operators make workloads for their custom resources: the ones in trouble explain the resource. */
async function owned(parent: KubeObject, look: Look): Promise<readonly Link[]> {
  const kinds = [
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'Deployment'],
    ['batch/v1', 'Job'],
    ['v1', 'Pod'],
    ['v1', 'PersistentVolumeClaim'],
  ] as const;
  if (typeof parent.metadata['namespace'] !== 'string') return [];
  for (const [apiVersion, kind] of kinds) {
    const found = await children({ ...parent, spec: {} }, apiVersion, kind, look);
    if (found.length > 0) return found;
  }
  return [];
}

async function unready(query: Parameters<Cluster['list']>[0], { cluster, book, ctx }: Look): Promise<KubeObject[]> {
  const { items } = await cluster.list(query, ctx);
  return items
    .map((item) => ({ ...item, apiVersion: query.apiVersion, kind: query.kind }))
    .filter((item) => book.assess(item).state !== 'ready');
}

function selectorText(selector: Json | undefined): { readonly labelSelector?: string } {
  if (!isObject(selector)) return {};
  const pairs = Object.entries(selector).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${key}=${value}`] : [],
  );
  return pairs.length === 0 ? {} : { labelSelector: pairs.join(',') };
}

function ownersOf(object: KubeObject): readonly Json[] {
  const owners = object.metadata['ownerReferences'];
  return Array.isArray(owners) ? owners : [];
}

function createdAt(object: KubeObject): number {
  const time = object.metadata['creationTimestamp'];
  return typeof time === 'string' ? Date.parse(time) : 0;
}
