import type { Json } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { listAt, type Reference, reference, textAt } from './reference.ts';

const group = 'external-secrets.io';

/** ExternalSecret, ClusterExternalSecret and PushSecret: the store must be ready, or the first synchronisation fails and waits. */
export function externalSecretReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  const one = (ref: Json | undefined, path: string) => storeReference(ref, path, namespace);
  return [
    ...one(fieldAt(object, 'spec', 'secretStoreRef'), 'spec.secretStoreRef'),
    ...one(fieldAt(object, 'spec', 'externalSecretSpec', 'secretStoreRef'), 'spec.externalSecretSpec.secretStoreRef'),
    ...listAt(object, 'spec', 'secretStoreRefs').flatMap((ref, index) => one(ref, `spec.secretStoreRefs[${index}]`)),
  ];
}

function storeReference(ref: Json | undefined, path: string, namespace: string | undefined): readonly Reference[] {
  const kind = textAt(ref, 'kind') ?? 'SecretStore';
  return reference(textAt(ref, 'name'), {
    group,
    kind,
    namespace: kind === 'SecretStore' ? namespace : undefined,
    path: `${path}.name`,
    reason: `secret comes from the ${kind}`,
    until: 'ready',
  });
}
