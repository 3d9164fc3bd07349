import type { HealthRule } from '../verdict.ts';
import { apps } from './apps.ts';
import { batch } from './batch.ts';
import { cluster } from './cluster.ts';
import { core } from './core.ts';

/** Health of the kinds Kubernetes itself brings. Where Argo CD and kstatus differ, `rules.test.ts` names both answers and ours. */
export const builtInRules: readonly HealthRule[] = [...apps, ...batch, ...core, ...cluster];

/**
 * Kinds whose objects are what they are the moment they are stored: no controller has to act before others may use them. Written `Kind` or
 * `Kind.group`.
 */
export const immediateKinds: ReadonlySet<string> = new Set([
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'LimitRange',
  'ResourceQuota',
  'Endpoints',
  'Event',
  'PodTemplate',
  'Role.rbac.authorization.k8s.io',
  'RoleBinding.rbac.authorization.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io',
  'ClusterRoleBinding.rbac.authorization.k8s.io',
  'NetworkPolicy.networking.k8s.io',
  'IngressClass.networking.k8s.io',
  'IPAddress.networking.k8s.io',
  'ServiceCIDR.networking.k8s.io',
  'StorageClass.storage.k8s.io',
  'CSIDriver.storage.k8s.io',
  'CSINode.storage.k8s.io',
  'CSIStorageCapacity.storage.k8s.io',
  'VolumeAttachment.storage.k8s.io',
  'VolumeAttributesClass.storage.k8s.io',
  'PriorityClass.scheduling.k8s.io',
  'RuntimeClass.node.k8s.io',
  'Lease.coordination.k8s.io',
  'EndpointSlice.discovery.k8s.io',
  'ControllerRevision.apps',
  'CronJob.batch',
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'MutatingAdmissionPolicy.admissionregistration.k8s.io',
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'FlowSchema.flowcontrol.apiserver.k8s.io',
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io',
  'DeviceClass.resource.k8s.io',
  'ResourceSlice.resource.k8s.io',
]);
