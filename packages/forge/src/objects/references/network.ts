import type { Json } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { issuerAnnotations } from './certificates.ts';
import { listAt, type Reference, reference, textAt } from './reference.ts';

const gatewayGroup = 'gateway.networking.k8s.io';

/** Ingress: class, backends, and the issuer that its annotation asks for a certificate. TLS Secrets are often made at run time. */
export function ingressReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  const backend = (value: Json | undefined, path: string) =>
    reference(textAt(value, 'service', 'name'), {
      kind: 'Service',
      namespace,
      path: `${path}.service.name`,
      reason: 'Ingress sends to the Service',
    });
  return [
    ...reference(textAt(object, 'spec', 'ingressClassName'), {
      group: 'networking.k8s.io',
      kind: 'IngressClass',
      path: 'spec.ingressClassName',
      reason: 'Ingress belongs to the IngressClass',
    }),
    ...backend(fieldAt(object, 'spec', 'defaultBackend'), 'spec.defaultBackend'),
    ...listAt(object, 'spec', 'rules').flatMap((rule, index) =>
      listAt(rule, 'http', 'paths').flatMap((path, position) =>
        backend(fieldAt(path, 'backend'), `spec.rules[${index}].http.paths[${position}].backend`),
      ),
    ),
    ...listAt(object, 'spec', 'tls').flatMap((entry, index) =>
      reference(textAt(entry, 'secretName'), {
        kind: 'Secret',
        namespace,
        path: `spec.tls[${index}].secretName`,
        reason: 'Ingress serves the certificate of the Secret',
        optional: true,
      }),
    ),
    ...issuerAnnotations(object, namespace),
  ];
}

/** Gateway: its class, the certificates of its listeners, and the issuer that its annotation names. */
export function gatewayReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  return [
    ...reference(textAt(object, 'spec', 'gatewayClassName'), {
      group: gatewayGroup,
      kind: 'GatewayClass',
      path: 'spec.gatewayClassName',
      reason: 'Gateway belongs to the GatewayClass',
    }),
    ...listAt(object, 'spec', 'listeners').flatMap((listener, index) =>
      listAt(listener, 'tls', 'certificateRefs').flatMap((secret, position) =>
        reference(textAt(secret, 'name'), {
          kind: 'Secret',
          namespace: textAt(secret, 'namespace') ?? namespace,
          path: `spec.listeners[${index}].tls.certificateRefs[${position}].name`,
          reason: 'listener serves the certificate of the Secret',
          optional: true,
        }),
      ),
    ),
    ...issuerAnnotations(object, namespace),
  ];
}

/** HTTPRoute and its kin: parents and backends, which are a Gateway and Services unless they say otherwise. */
export function routeReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  const parents = listAt(object, 'spec', 'parentRefs').flatMap((parent, index) =>
    reference(textAt(parent, 'name'), {
      group: textAt(parent, 'group') ?? (fieldAt(parent, 'group') === '' ? '' : gatewayGroup),
      kind: textAt(parent, 'kind') ?? 'Gateway',
      namespace: textAt(parent, 'namespace') ?? namespace,
      path: `spec.parentRefs[${index}].name`,
      reason: 'route attaches to its parent',
    }),
  );
  const backends = listAt(object, 'spec', 'rules').flatMap((rule, index) =>
    listAt(rule, 'backendRefs').flatMap((backend, position) =>
      reference(textAt(backend, 'name'), {
        group: textAt(backend, 'group') ?? '',
        kind: textAt(backend, 'kind') ?? 'Service',
        namespace: textAt(backend, 'namespace') ?? namespace,
        path: `spec.rules[${index}].backendRefs[${position}].name`,
        reason: 'route sends to the backend',
      }),
    ),
  );
  return [...parents, ...backends];
}
