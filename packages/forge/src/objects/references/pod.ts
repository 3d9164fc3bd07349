import type { Json } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { listAt, type Reference, reference, textAt } from './reference.ts';

/** Where each kind keeps its pod; the empty path means the object itself. */
export const POD_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  'Deployment.apps': ['spec', 'template'],
  'StatefulSet.apps': ['spec', 'template'],
  'DaemonSet.apps': ['spec', 'template'],
  'ReplicaSet.apps': ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  'Job.batch': ['spec', 'template'],
  'CronJob.batch': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** References of the pod that lies at `path` of an object: identity, volumes, environment, pull secrets, classes. */
export function podReferences(
  object: KubeObject,
  path: readonly string[],
  namespace: string | undefined,
): readonly Reference[] {
  const spec = fieldAt(object, ...path, 'spec');
  const pod = { spec, path: [...path, 'spec'].join('.'), namespace };
  return [...identity(pod), ...volumes(pod), ...environment(pod), ...pullSecrets(pod)];
}

interface Pod {
  readonly spec: Json | undefined;
  readonly path: string;
  readonly namespace: string | undefined;
}

function identity({ spec, path, namespace }: Pod): readonly Reference[] {
  const account = textAt(spec, 'serviceAccountName');
  return [
    ...reference(account === 'default' ? undefined : account, {
      kind: 'ServiceAccount',
      namespace,
      path: `${path}.serviceAccountName`,
      reason: 'pod runs as the ServiceAccount',
    }),
    ...reference(textAt(spec, 'priorityClassName'), {
      group: 'scheduling.k8s.io',
      kind: 'PriorityClass',
      path: `${path}.priorityClassName`,
      reason: 'pod has the PriorityClass',
    }),
    ...reference(textAt(spec, 'runtimeClassName'), {
      group: 'node.k8s.io',
      kind: 'RuntimeClass',
      path: `${path}.runtimeClassName`,
      reason: 'pod runs in the RuntimeClass',
    }),
  ];
}

function volumes({ spec, path, namespace }: Pod): readonly Reference[] {
  return listAt(spec, 'volumes').flatMap((volume, index) => {
    const at = `${path}.volumes[${index}]`;
    return [
      ...sourceOf(volume, { kind: 'Secret', source: 'secret', nameField: 'secretName', at, namespace }),
      ...sourceOf(volume, { kind: 'ConfigMap', source: 'configMap', nameField: 'name', at, namespace }),
      ...reference(textAt(volume, 'persistentVolumeClaim', 'claimName'), {
        kind: 'PersistentVolumeClaim',
        namespace,
        path: `${at}.persistentVolumeClaim.claimName`,
        reason: 'pod mounts the PersistentVolumeClaim',
      }),
      ...reference(textAt(volume, 'ephemeral', 'volumeClaimTemplate', 'spec', 'storageClassName'), {
        group: 'storage.k8s.io',
        kind: 'StorageClass',
        path: `${at}.ephemeral.volumeClaimTemplate.spec.storageClassName`,
        reason: 'pod mounts a volume of the StorageClass',
      }),
      ...listAt(volume, 'projected', 'sources').flatMap((part, position) =>
        projected(part, `${at}.projected.sources[${position}]`, namespace),
      ),
    ];
  });
}

function projected(part: Json, at: string, namespace: string | undefined): readonly Reference[] {
  return [
    ...sourceOf(part, { kind: 'Secret', source: 'secret', nameField: 'name', at, namespace }),
    ...sourceOf(part, { kind: 'ConfigMap', source: 'configMap', nameField: 'name', at, namespace }),
  ];
}

interface SourceField {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly source: string;
  readonly nameField: string;
  readonly at: string;
  readonly namespace: string | undefined;
}

function sourceOf(
  holder: Json,
  { kind, source, nameField, at, namespace }: SourceField,
  verb = 'mounts',
): readonly Reference[] {
  return reference(textAt(holder, source, nameField), {
    kind,
    namespace,
    path: `${at}.${source}.${nameField}`,
    reason: `pod ${verb} the ${kind}`,
    optional: fieldAt(holder, source, 'optional') === true,
  });
}

const CONTAINER_LISTS = ['initContainers', 'containers'] as const;

function environment(pod: Pod): readonly Reference[] {
  return CONTAINER_LISTS.flatMap((list) =>
    listAt(pod.spec, list).flatMap((container, index) =>
      containerReferences(container, `${pod.path}.${list}[${index}]`, pod.namespace),
    ),
  );
}

function containerReferences(container: Json, path: string, namespace: string | undefined): readonly Reference[] {
  const from = (holder: Json, at: string, suffix: 'KeyRef' | 'Ref') => [
    ...sourceOf(holder, { kind: 'Secret', source: `secret${suffix}`, nameField: 'name', at, namespace }, 'reads'),
    ...sourceOf(holder, { kind: 'ConfigMap', source: `configMap${suffix}`, nameField: 'name', at, namespace }, 'reads'),
  ];
  return [
    ...listAt(container, 'env').flatMap((entry, index) =>
      from(fieldAt(entry, 'valueFrom') ?? null, `${path}.env[${index}].valueFrom`, 'KeyRef'),
    ),
    ...listAt(container, 'envFrom').flatMap((entry, index) => from(entry, `${path}.envFrom[${index}]`, 'Ref')),
  ];
}

/** The kubelet pulls without a pull secret that does not exist, so these are optional. */
function pullSecrets({ spec, path, namespace }: Pod): readonly Reference[] {
  return listAt(spec, 'imagePullSecrets').flatMap((entry, index) =>
    reference(textAt(entry, 'name'), {
      kind: 'Secret',
      namespace,
      path: `${path}.imagePullSecrets[${index}].name`,
      reason: 'pod pulls its images with the Secret',
      optional: true,
    }),
  );
}
