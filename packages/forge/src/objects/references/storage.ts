import type { KubeObject } from '@cluster-forge/kube/object';
import { listAt, type Reference, reference, textAt } from './reference.ts';

const storageClass = { group: 'storage.k8s.io', kind: 'StorageClass' } as const;

/** PersistentVolumeClaim: its class and, when it asks for one, its volume. */
export function claimReferences(object: KubeObject): readonly Reference[] {
  return [
    ...reference(textAt(object, 'spec', 'storageClassName'), {
      ...storageClass,
      path: 'spec.storageClassName',
      reason: 'claim asks for the StorageClass',
    }),
    ...reference(textAt(object, 'spec', 'volumeName'), {
      kind: 'PersistentVolume',
      path: 'spec.volumeName',
      reason: 'claim asks for the PersistentVolume',
    }),
  ];
}

/** StatefulSet: the classes of its claim templates and its governing Service. */
export function statefulSetReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  const claims = listAt(object, 'spec', 'volumeClaimTemplates').flatMap((claim, index) =>
    reference(textAt(claim, 'spec', 'storageClassName'), {
      ...storageClass,
      path: `spec.volumeClaimTemplates[${index}].spec.storageClassName`,
      reason: 'claim template asks for the StorageClass',
    }),
  );
  const service = reference(textAt(object, 'spec', 'serviceName'), {
    kind: 'Service',
    namespace,
    path: 'spec.serviceName',
    reason: 'pods get their host names from the Service',
    // The API server accepts any name, and charts name Services they do not make.
    optional: true,
  });
  return [...claims, ...service];
}
