import { groupOf, type KubeObject, type ObjectId, printGroupKind } from '@cluster-forge/kube/object';
import { scalerReferences } from './autoscaling.ts';
import { certificateReferences, issuerReferences } from './certificates.ts';
import { customReferences } from './custom.ts';
import { gatewayReferences, ingressReferences, routeReferences } from './network.ts';
import { POD_PATHS, podReferences } from './pod.ts';
import { bindingReferences } from './rbac.ts';
import type { Reference, ReferenceReader } from './reference.ts';
import { externalSecretReferences } from './secret-stores.ts';
import { claimReferences, statefulSetReferences } from './storage.ts';
import { apiServiceReferences, policyBindingReferences, webhookReferences } from './webhooks.ts';

/** Kinds, versions left out, and the functions that read their references. A new kind of reference is a file and a line here. */
const READERS: Readonly<Record<string, readonly ReferenceReader[]>> = {
  PersistentVolumeClaim: [claimReferences],
  'StatefulSet.apps': [statefulSetReferences],
  'RoleBinding.rbac.authorization.k8s.io': [bindingReferences],
  'ClusterRoleBinding.rbac.authorization.k8s.io': [bindingReferences],
  'Ingress.networking.k8s.io': [ingressReferences],
  'Gateway.gateway.networking.k8s.io': [gatewayReferences],
  'HTTPRoute.gateway.networking.k8s.io': [routeReferences],
  'GRPCRoute.gateway.networking.k8s.io': [routeReferences],
  'TLSRoute.gateway.networking.k8s.io': [routeReferences],
  'TCPRoute.gateway.networking.k8s.io': [routeReferences],
  'UDPRoute.gateway.networking.k8s.io': [routeReferences],
  'Certificate.cert-manager.io': [certificateReferences],
  'CertificateRequest.cert-manager.io': [certificateReferences],
  'Issuer.cert-manager.io': [issuerReferences],
  'ClusterIssuer.cert-manager.io': [issuerReferences],
  'ExternalSecret.external-secrets.io': [externalSecretReferences],
  'ClusterExternalSecret.external-secrets.io': [externalSecretReferences],
  'PushSecret.external-secrets.io': [externalSecretReferences],
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': [webhookReferences],
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': [webhookReferences],
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io': [policyBindingReferences],
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io': [policyBindingReferences],
  'APIService.apiregistration.k8s.io': [apiServiceReferences],
  'HorizontalPodAutoscaler.autoscaling': [scalerReferences],
  'VerticalPodAutoscaler.autoscaling.k8s.io': [scalerReferences],
  'ScaledObject.keda.sh': [scalerReferences],
};

/** All names an object holds of other objects. `custom` says that its kind comes from a CRD. Do not call it for CRDs: they name nothing. */
export function referencesOf(object: KubeObject, id: ObjectId, custom: boolean): readonly Reference[] {
  const kind = printGroupKind({ group: groupOf(id.apiVersion), kind: id.kind });
  const pod = POD_PATHS[kind];
  return [
    ...(READERS[kind] ?? []).flatMap((read) => read(object, id.namespace)),
    ...(pod === undefined ? [] : podReferences(object, pod, id.namespace)),
    ...(custom ? customReferences(object, id.namespace) : []),
  ];
}
