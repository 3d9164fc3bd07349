import { digestOf, hexOf } from '@cluster-forge/base/hash';
import { objectKey, type ObjectId } from '@cluster-forge/kube/object';

/** Leaves room for a hash and the extension below the 255 bytes of common file systems. */
const maxLength = 200;

/**
 * File names for objects of one component: `kind-name[-namespace].yaml` in lower case, the namespace where it is not the component's own. Names that
 * are equal for people or for a file system without case get a short hash of the object's key, each of them; the result does not depend on order.
 */
export function fileNames(ids: readonly ObjectId[], namespace: string): readonly string[] {
  const plain = ids.map((id) => plainName(id, namespace));
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  return ids.map((id, at) => {
    const name = plain[at] ?? '';
    const isUnique = counts.get(name) === 1 && name.length <= maxLength;
    return isUnique ? `${name}.yaml` : `${name.slice(0, maxLength)}_${shortHash(id)}.yaml`;
  });
}

function plainName(id: ObjectId, namespace: string): string {
  const parts = [id.kind, id.name, ...(id.namespace === undefined || id.namespace === namespace ? [] : [id.namespace])];
  // Names of RBAC objects may hold colons; `_` cannot come from a name, so a hash that follows it cannot be mistaken.
  return parts
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-');
}

function shortHash(id: ObjectId): string {
  return hexOf(digestOf(objectKey(id))).slice(0, 10);
}
