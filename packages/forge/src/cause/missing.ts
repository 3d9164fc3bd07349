import { isObject, type Json } from '@cluster-forge/base';
import { fieldAt, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import { namespaceOf, type Cause, type Link, type Look } from './look.ts';

/** What a pod refers to and cannot have: secrets, config maps, service accounts that do not exist, claims that are not bound. */
export async function missingFor(pod: KubeObject, look: Look): Promise<readonly Link[]> {
  const links: Link[] = [];
  for (const { id, optional } of referencesOf(pod)) {
    const found = await look.cluster.get(id, look.ctx);
    if (found === undefined && !optional) links.push(absent(id));
    else if (found !== undefined && id.kind === 'PersistentVolumeClaim' && look.book.assess(found).state !== 'ready')
      links.push({ object: found });
  }
  return links;
}

/** A claim whose class does not exist waits for ever. */
export async function missingStorageClass(claim: KubeObject, look: Look): Promise<readonly Link[]> {
  const name = fieldAt(claim, 'spec', 'storageClassName');
  const classes = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' };
  if (typeof name === 'string' && name !== '') {
    const id = { ...classes, name };
    return (await look.cluster.get(id, look.ctx)) === undefined ? [absent(id)] : [];
  }
  const { items } = await look.cluster.list(classes, look.ctx);
  const hasDefault = items.some(
    (item) => fieldAt(item, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true',
  );
  return name === undefined && !hasDefault
    ? [{ subject: 'StorageClass', says: 'the claim names none and the cluster has no default' }]
    : [];
}

interface Reference {
  readonly id: ObjectId;
  readonly optional: boolean;
}

function referencesOf(pod: KubeObject): readonly Reference[] {
  const namespace = namespaceOf(pod);
  const refer = (kind: string, name: Json | undefined, optional?: Json): readonly Reference[] =>
    typeof name === 'string' ? [{ id: { apiVersion: 'v1', kind, namespace, name }, optional: optional === true }] : [];
  const containers = ['initContainers', 'containers'].flatMap((field) => maps(fieldAt(pod, 'spec', field)));
  const fromEnvironment = containers.flatMap((container) => [
    ...maps(container['env']).flatMap(({ valueFrom }) => [
      ...refer('Secret', fieldAt(valueFrom, 'secretKeyRef', 'name'), fieldAt(valueFrom, 'secretKeyRef', 'optional')),
      ...refer(
        'ConfigMap',
        fieldAt(valueFrom, 'configMapKeyRef', 'name'),
        fieldAt(valueFrom, 'configMapKeyRef', 'optional'),
      ),
    ]),
    ...maps(container['envFrom']).flatMap(({ secretRef, configMapRef }) => [
      ...refer('Secret', fieldAt(secretRef, 'name'), fieldAt(secretRef, 'optional')),
      ...refer('ConfigMap', fieldAt(configMapRef, 'name'), fieldAt(configMapRef, 'optional')),
    ]),
  ]);
  const fromVolumes = maps(fieldAt(pod, 'spec', 'volumes')).flatMap(({ secret, configMap, persistentVolumeClaim }) => [
    ...refer('Secret', fieldAt(secret, 'secretName'), fieldAt(secret, 'optional')),
    ...refer('ConfigMap', fieldAt(configMap, 'name'), fieldAt(configMap, 'optional')),
    ...refer('PersistentVolumeClaim', fieldAt(persistentVolumeClaim, 'claimName')),
  ]);
  return [...fromVolumes, ...fromEnvironment];
}

function maps(list: Json | undefined) {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function absent({ kind, namespace, name }: ObjectId): Cause {
  return { subject: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`, says: 'does not exist' };
}
