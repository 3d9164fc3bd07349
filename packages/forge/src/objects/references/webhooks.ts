import type { Json } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { injectedAuthority } from './certificates.ts';
import { listAt, type Reference, reference, textAt } from './reference.ts';

/**
 * Webhook configurations: a webhook that fails closed and is registered before its server answers blocks every object it intercepts, so the
 * configuration waits until its Services serve.
 */
export function webhookReferences(object: KubeObject): readonly Reference[] {
  const services = listAt(object, 'webhooks').flatMap((webhook, index) =>
    serviceReference(
      fieldAt(webhook, 'clientConfig', 'service'),
      `webhooks[${index}].clientConfig.service`,
      'webhook is served by the Service',
    ),
  );
  return [...services, ...injectedAuthority(object)];
}

/** APIService: an aggregated API that nobody serves makes discovery fail for every client. Local ones name no Service. */
export function apiServiceReferences(object: KubeObject): readonly Reference[] {
  const service = fieldAt(object, 'spec', 'service');
  return [...serviceReference(service, 'spec.service', 'API is served by the Service'), ...injectedAuthority(object)];
}

function serviceReference(service: Json | undefined, path: string, reason: string): readonly Reference[] {
  const namespace = textAt(service, 'namespace');
  return reference(textAt(service, 'name'), {
    kind: 'Service',
    namespace,
    path: `${path}.name`,
    reason,
    until: 'serving',
  });
}

/** ValidatingAdmissionPolicyBinding and its mutating kin: the policy they put in force. */
export function policyBindingReferences(object: KubeObject): readonly Reference[] {
  return reference(textAt(object, 'spec', 'policyName'), {
    group: 'admissionregistration.k8s.io',
    kind: object.kind.replace(/Binding$/, ''),
    path: 'spec.policyName',
    reason: 'binding puts the policy in force',
  });
}
