import type { KubeObject } from '@cluster-forge/kube/object';
import { type Reference, reference, textAt } from './reference.ts';

const group = 'rbac.authorization.k8s.io';

/** RoleBinding and ClusterRoleBinding: the role they grant. Subjects may come later and may never come. */
export function bindingReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  const kind = textAt(object, 'roleRef', 'kind') ?? 'Role';
  return reference(textAt(object, 'roleRef', 'name'), {
    group,
    kind,
    namespace: kind === 'Role' ? namespace : undefined,
    path: 'roleRef.name',
    reason: `binding grants the ${kind}`,
  });
}
