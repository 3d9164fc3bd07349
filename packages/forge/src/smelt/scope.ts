import { readCrdHead } from '@cluster-forge/kube/schema/crd-head';
import { groupOf, printGroupKind, type ObjectId } from '@cluster-forge/kube/object';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import { clusterKinds, namespacedKinds } from './generated/scopes.ts';

/** Whether kinds live in a namespace, by `Kind.group`. */
export type Scopes = ReadonlyMap<string, boolean>;

/** A kind whose scope is known from elsewhere, such as a CRD that the cluster has already. */
export interface KnownKind {
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The kinds of Kubernetes itself. */
export const builtInScopes: Scopes = new Map([
  ...namespacedKinds.map((kind): [string, boolean] => [kind, true]),
  ...clusterKinds.map((kind): [string, boolean] => [kind, false]),
]);

/** `Certificate.cert-manager.io`, whatever the version. */
export function kindKey({ apiVersion, kind }: Pick<ObjectId, 'apiVersion' | 'kind'>): string {
  return printGroupKind({ group: groupOf(apiVersion), kind });
}

/** Scopes of the kinds that the CRDs among these manifests define. */
export function crdScopes(manifests: readonly Manifest[]): Scopes {
  return new Map(
    manifests.flatMap((manifest): readonly [string, boolean][] => {
      const crd = readCrdHead(manifest);
      return crd === undefined ? [] : [[printGroupKind(crd), crd.namespaced]];
    }),
  );
}

/** Kinds among these manifests that Kubernetes itself does not have, sorted. */
export function foreignKinds(manifests: readonly Manifest[]): readonly string[] {
  const kinds = new Set(manifests.map(({ id }) => kindKey(id)));
  return [...kinds].filter((kind) => !builtInScopes.has(kind)).sort();
}
