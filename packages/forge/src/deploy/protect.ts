import type { Context } from '@cluster-forge/base';
import type { Cluster, ServedKind } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { digestAnnotation, partOfLabel } from './names.ts';
import { listed } from './world.ts';

export interface Protection {
  readonly cluster: Cluster;
  readonly applySet: string;
  /** Volume claims, volumes and generated secrets may go too. */
  readonly withData: boolean;
  /** Namespaces may go although something else lives in them. */
  readonly withNamespaces: boolean;
}

/**
 * Why an object of the inventory must stay, or undefined when it may go. Data stays unless asked for; a CRD stays while objects of its kind exist,
 * because deleting it deletes them all; a namespace stays while it holds anything that is not ours, for the same reason.
 */
export async function reasonToKeep(
  object: KubeObject,
  protection: Protection,
  ctx: Context,
): Promise<string | undefined> {
  const { withData, withNamespaces } = protection;
  if (!withData && isData(object)) return 'it holds data; remove it with --prune-data';
  if (object.kind === 'CustomResourceDefinition') return instancesOf(object, protection, ctx);
  if (object.kind === 'Namespace' && !withNamespaces) return foreignIn(object.metadata.name, protection, ctx);
  return undefined;
}

/** Generated secrets are the ones that carry no digest: nothing else is applied without. */
function isData(object: KubeObject): boolean {
  if (object.kind === 'PersistentVolumeClaim' || object.kind === 'PersistentVolume') return true;
  return object.kind === 'Secret' && fieldAt(object, 'metadata', 'annotations', digestAnnotation) === undefined;
}

async function instancesOf(crd: KubeObject, { cluster }: Protection, ctx: Context): Promise<string | undefined> {
  const group = fieldAt(crd, 'spec', 'group');
  const kind = fieldAt(crd, 'spec', 'names', 'kind');
  const served = (await cluster.kinds(ctx)).find((candidate) => candidate.group === group && candidate.kind === kind);
  if (served === undefined) return undefined;
  const items = await listed(cluster.list({ apiVersion: apiVersionOf(served), kind: served.kind }, ctx));
  return items.length === 0
    ? undefined
    : `${items.length} objects of its kind still exist, such as ${nameOf(items[0])}`;
}

async function foreignIn(
  namespace: string,
  { cluster, applySet }: Protection,
  ctx: Context,
): Promise<string | undefined> {
  const kinds = (await cluster.kinds(ctx)).filter(
    (kind) => kind.namespaced && kind.verbs.includes('list') && !byProducts.has(kind.kind),
  );
  for (const kind of kinds) {
    const items = await listed(cluster.list({ apiVersion: apiVersionOf(kind), kind: kind.kind, namespace }, ctx));
    const foreign = items.find((item) => !isOurs(item, applySet) && !isAutomatic(kind.kind, item));
    if (foreign !== undefined)
      return `it holds ${kind.kind} ${foreign.metadata.name}, which is not part of the platform`;
  }
  return undefined;
}

/** Kinds that come and go by themselves with what lives in a namespace. */
const byProducts: ReadonlySet<string> = new Set([
  'Event',
  'Endpoints',
  'EndpointSlice',
  'Lease',
  'PodMetrics',
  'ControllerRevision',
]);

function isOurs(item: KubeObject, applySet: string): boolean {
  const owners = item.metadata['ownerReferences'];
  return fieldAt(item, 'metadata', 'labels', partOfLabel) === applySet || (Array.isArray(owners) && owners.length > 0);
}

/** What Kubernetes puts into every namespace. */
function isAutomatic(kind: string, { metadata }: KubeObject): boolean {
  return (
    (kind === 'ServiceAccount' && metadata.name === 'default') ||
    (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt')
  );
}

export function apiVersionOf({ group, version }: Pick<ServedKind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

function nameOf(object: KubeObject | undefined): string {
  return object === undefined ? '' : object.metadata.name;
}
