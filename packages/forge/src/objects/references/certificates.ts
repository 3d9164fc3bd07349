import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { type Reference, reference, textAt } from './reference.ts';

const group = 'cert-manager.io';

/** Certificate and CertificateRequest: the issuer must be ready, or the first request waits for its back-off. */
export function certificateReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  const kind = textAt(object, 'spec', 'issuerRef', 'kind') ?? 'Issuer';
  return reference(textAt(object, 'spec', 'issuerRef', 'name'), {
    group: textAt(object, 'spec', 'issuerRef', 'group') ?? group,
    kind,
    namespace: kind.startsWith('Cluster') ? undefined : namespace,
    path: 'spec.issuerRef.name',
    reason: `${object.kind} needs its ${kind}`,
    until: 'ready',
  });
}

/** Issuer: the Secret of its own certificate authority. A ClusterIssuer's Secret lies in a namespace that the object does not name. */
export function issuerReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  return reference(textAt(object, 'spec', 'ca', 'secretName'), {
    kind: 'Secret',
    namespace,
    path: 'spec.ca.secretName',
    reason: 'Issuer signs with the Secret',
    optional: object.kind === 'ClusterIssuer',
  });
}

/** The annotations by which an Ingress or a Gateway asks for a certificate. */
export function issuerAnnotations(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  const annotation = (name: string) => textAt(object, 'metadata', 'annotations', `cert-manager.io/${name}`);
  const spec = (kind: string, name: string) => ({
    group,
    kind,
    path: `metadata.annotations["cert-manager.io/${name}"]`,
    reason: `${object.kind} gets its certificate from the ${kind}`,
    until: 'ready' as const,
  });
  return [
    ...reference(annotation('cluster-issuer'), spec('ClusterIssuer', 'cluster-issuer')),
    ...reference(annotation('issuer'), { ...spec('Issuer', 'issuer'), namespace }),
  ];
}

/** `cert-manager.io/inject-ca-from: namespace/name`: the certificate authority comes from a Certificate, which must exist first. */
export function injectedAuthority(object: KubeObject): readonly Reference[] {
  const value = fieldAt(object, 'metadata', 'annotations', 'cert-manager.io/inject-ca-from');
  const [namespace, name] = typeof value === 'string' ? value.split('/') : [];
  return reference(name, {
    group,
    kind: 'Certificate',
    namespace,
    path: 'metadata.annotations["cert-manager.io/inject-ca-from"]',
    reason: 'certificate authority is injected from the Certificate',
    until: 'ready',
  });
}
