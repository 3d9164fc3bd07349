import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ObjectId } from '@cluster-forge/kube/object';

/** Namespace of everything forge itself keeps in a cluster. */
export const systemNamespace = 'forge-system';

/** Digest of the text that was applied; equal digests mean that nothing has to be sent. */
export const digestAnnotation = 'clusterforge.dev/digest';
/** Component an object belongs to, so that status works from the cluster alone. */
export const componentLabel = 'clusterforge.dev/component';
export const platformLabel = 'clusterforge.dev/platform';
export const releaseLabel = 'clusterforge.dev/release';

/** ApplySet, KEP-3659: labels and annotations that other tools understand too. */
export const partOfLabel = 'applyset.kubernetes.io/part-of';
export const applySetIdLabel = 'applyset.kubernetes.io/id';
export const toolingAnnotation = 'applyset.kubernetes.io/tooling';
export const groupKindsAnnotation = 'applyset.kubernetes.io/contains-group-kinds';
export const namespacesAnnotation = 'applyset.kubernetes.io/additional-namespaces';

/** Parent object of the platform's ApplySet. */
export const parentId = (platform: string): ObjectId => inSystem('v1', 'ConfigMap', `forge-${platform}`);

export const leaseId = (platform: string): ObjectId => inSystem('coordination.k8s.io/v1', 'Lease', `forge-${platform}`);

export const recordId = (platform: string, number: number): ObjectId =>
  inSystem('v1', 'ConfigMap', `forge-${platform}-release-${number}`);

/** `applyset-<base64url(sha256("<name>.<namespace>.<kind>.<group>"))>-v1`, as the KEP defines it. */
export function applySetId(platform: string): string {
  const { name } = parentId(platform);
  const digest = createHash('sha256').update(`${name}.${systemNamespace}.ConfigMap.`).digest('base64url');
  return `applyset-${digest}-v1`;
}

/** `.forge/<platform>` beside platform.yaml: journal and release records. */
export function stateDirectory(platform: { readonly name: string; readonly directory: string }): string {
  return join(platform.directory, '.forge', platform.name);
}

function inSystem(apiVersion: string, kind: string, name: string): ObjectId {
  return { apiVersion, kind, namespace: systemNamespace, name };
}
