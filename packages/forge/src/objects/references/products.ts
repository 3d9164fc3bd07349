import type { Json } from '@cluster-forge/base';
import { groupOf, type KubeObject, type ObjectId, printGroupKind } from '@cluster-forge/kube/object';
import { type Target, textAt } from './reference.ts';

type ProductReader = (object: KubeObject, namespace: string | undefined) => readonly (string | undefined)[];

const name = (object: Json) => textAt(object, 'metadata', 'name');

/** Custom resources that make Secrets of known names, which their users then wait for. */
const SECRET_MAKERS: Readonly<Record<string, ProductReader>> = {
  'Certificate.cert-manager.io': (object) => [textAt(object, 'spec', 'secretName')],
  'ExternalSecret.external-secrets.io': (object) => [textAt(object, 'spec', 'target', 'name') ?? name(object)],
  'SealedSecret.bitnami.com': (object) => [textAt(object, 'spec', 'template', 'metadata', 'name') ?? name(object)],
  'Cluster.postgresql.cnpg.io': (object) =>
    ['app', 'superuser', 'ca', 'server', 'replication'].map((part) => `${name(object)}-${part}`),
  'RabbitmqCluster.rabbitmq.com': (object) => [`${name(object)}-default-user`, `${name(object)}-erlang-cookie`],
  'ObjectBucketClaim.objectbucket.io': (object) => [name(object)],
};

/** Objects that come to be once this one is ready. */
export function productsOf(object: KubeObject, id: ObjectId): readonly Target[] {
  const read = SECRET_MAKERS[printGroupKind({ group: groupOf(id.apiVersion), kind: id.kind })];
  const names = read?.(object, id.namespace) ?? [];
  return names.flatMap((found) => (found === undefined ? [] : [secretIn(id.namespace, found)]));
}

function secretIn(namespace: string | undefined, found: string): Target {
  return namespace === undefined
    ? { group: '', kind: 'Secret', name: found }
    : { group: '', kind: 'Secret', namespace, name: found };
}
