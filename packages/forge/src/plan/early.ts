/**
 * Kinds that only *are*, and do nothing: applying them before what their component requires is always safe, and it is what lets the API server
 * work on the slow CRDs while workloads of other components still start. NetworkPolicies, quotas and admission policies are not here: they act
 * on other objects the moment they exist.
 */
const EARLY_KINDS: ReadonlySet<string> = new Set([
  'Namespace',
  'CustomResourceDefinition.apiextensions.k8s.io',
  'ServiceAccount',
  'ConfigMap',
  'Secret',
  'Service',
  'Role.rbac.authorization.k8s.io',
  'RoleBinding.rbac.authorization.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io',
  'ClusterRoleBinding.rbac.authorization.k8s.io',
  'PriorityClass.scheduling.k8s.io',
  'StorageClass.storage.k8s.io',
  'IngressClass.networking.k8s.io',
  'RuntimeClass.node.k8s.io',
]);

/** True when an object of this kind (`Service`, `Role.rbac.authorization.k8s.io`) need not wait for its component's start. */
export function isEarly(kind: string): boolean {
  return EARLY_KINDS.has(kind);
}
