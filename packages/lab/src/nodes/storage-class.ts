import type { KubeObject } from '@cluster-forge/kube/object';

/** The lab's default StorageClass. It waits for a consumer as most real ones do; a Stage provides the volumes. */
export const defaultStorageClass: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'lab', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'lab.clusterforge.dev/volumes',
  reclaimPolicy: 'Delete',
  allowVolumeExpansion: true,
  volumeBindingMode: 'WaitForFirstConsumer',
};
