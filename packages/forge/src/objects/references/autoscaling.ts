import { groupOf, type KubeObject } from '@cluster-forge/kube/object';
import { type Reference, reference, textAt } from './reference.ts';

/** HorizontalPodAutoscaler, VerticalPodAutoscaler, ScaledObject: what they scale. Until it exists they report errors. */
export function scalerReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  const field = textAt(object, 'spec', 'targetRef', 'name') === undefined ? 'scaleTargetRef' : 'targetRef';
  return reference(textAt(object, 'spec', field, 'name'), {
    group: groupOf(textAt(object, 'spec', field, 'apiVersion') ?? 'apps/v1'),
    kind: textAt(object, 'spec', field, 'kind') ?? 'Deployment',
    namespace,
    path: `spec.${field}.name`,
    reason: `${object.kind} scales its target`,
  });
}
