import type { Json, JsonObject } from '@cluster-forge/base';

/** A Kubernetes object as the API server speaks it. */
export interface KubeObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta extends JsonObject {
  readonly name: string;
}

/** Which object: enough to tell it from every other in one cluster. `namespace` is absent for cluster-scoped kinds and while not yet known. */
export interface ObjectId {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A kind without its version: how graphs, health rules and inventories name kinds. The core group is ''. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** Group of an apiVersion: `apps/v1` gives `apps`, `v1` gives ''. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** `Deployment.apps`, or `Service` in the core group. */
export function printGroupKind({ group, kind }: GroupKind): string {
  return group === '' ? kind : `${kind}.${group}`;
}

/** Which object this is. */
export function idOf({ apiVersion, kind, metadata }: KubeObject): ObjectId {
  const { name, namespace } = metadata;
  return { apiVersion, kind, ...(typeof namespace === 'string' ? { namespace } : {}), name };
}

/** Stable key of an object whatever version it is written in: `Deployment.apps/kyverno/kyverno-admission-controller`; `-` where there is no namespace. */
export function objectKey(id: ObjectId): string {
  return `${printGroupKind({ group: groupOf(id.apiVersion), kind: id.kind })}/${id.namespace ?? '-'}/${id.name}`;
}

/** Short name for people: `Deployment kyverno/kyverno-admission-controller`. */
export function printObject(id: ObjectId): string {
  return `${id.kind} ${id.namespace === undefined ? '' : `${id.namespace}/`}${id.name}`;
}

/** Reads a field by path; undefined when anything on the way is missing. */
export function fieldAt(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let at: Json | undefined = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    // Lists and maps are both indexed by the step; a step of the wrong sort finds nothing.
    at = (at as Record<string | number, Json | undefined>)[step];
  }
  return at;
}

/** Namespaces of every cluster: nobody has to create them. */
export const givenNamespaces: ReadonlySet<string> = new Set([
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
]);
