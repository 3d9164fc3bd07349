import { digestOf } from '@cluster-forge/base/hash';
import { isObject } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { fieldManager } from '@cluster-forge/kube/cluster/connect';
import { digestAnnotation } from './names.ts';
import type { Member } from './record.ts';

/**
 * Whether an object has to be sent. It has not when it carries the digest of what we would send and nobody has taken a field from us since.
 *
 * The second half is drift detection without storing a copy: the API server keeps the list of fields our manager owns. Whoever changes or removes one
 * of them by other means (`kubectl edit`, an update by a controller) becomes its owner, so our list shrinks and its fingerprint differs from the one
 * the last release recorded when everything had settled. Fields we never set, such as status, defaults or injected CA bundles, do not count. What is
 * not detected: a change made under our own manager's name. A drifted object is applied again; that fails with E_DEPLOY_CONFLICT and names who
 * changed what, unless conflicts are forced.
 */
export function isUnchanged(
  live: KubeObject,
  digest: string,
  recorded: Pick<Member, 'owned' | 'uid'> | undefined,
): boolean {
  if (fieldAt(live, 'metadata', 'deletionTimestamp') !== undefined) return false;
  if (fieldAt(live, 'metadata', 'annotations', digestAnnotation) !== digest) return false;
  if (recorded?.owned === undefined || recorded.uid !== live.metadata['uid']) return true;
  return recorded.owned === ownedFingerprint(live);
}

/** Fingerprint of the fields our applies own; undefined when there are none. */
export function ownedFingerprint(live: KubeObject): string | undefined {
  const entries = fieldAt(live, 'metadata', 'managedFields');
  if (!Array.isArray(entries)) return undefined;
  const ours = entries
    .filter(isObject)
    .find(
      ({ manager, operation, subresource }) =>
        manager === fieldManager && operation === 'Apply' && subresource === undefined,
    );
  return ours === undefined
    ? undefined
    : digestOf(JSON.stringify(sorted(ours['fieldsV1'] ?? null))).slice('sha256:'.length, 'sha256:'.length + 16);
}

function sorted(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, sorted(item)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
