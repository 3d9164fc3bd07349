import type { Target } from '../objects/references/reference.ts';

const NAMES: Readonly<Record<string, RegExp>> = {
  // The controller manager makes these two in every namespace.
  ServiceAccount: /^default$/,
  ConfigMap: /^(?:kube-root-ca\.crt|extension-apiserver-authentication)$/,
  'PriorityClass.scheduling.k8s.io': /^system-(?:cluster|node)-critical$/,
  'ClusterRole.rbac.authorization.k8s.io': /^(?:cluster-admin|admin|edit|view|system:.*)$/,
  'Role.rbac.authorization.k8s.io': /^(?:extension-apiserver-authentication-reader|system:.*)$/,
};

/** True for objects that every cluster has without anybody making them. */
export function isAlwaysThere({ group, kind, namespace, name }: Target): boolean {
  if (kind === 'Service' && namespace === 'default' && name === 'kubernetes') return true;
  return NAMES[group === '' ? kind : `${kind}.${group}`]?.test(name) ?? false;
}
