import type { HealthRule } from '../verdict.ts';
import { conditionIs, conditionText, present, text } from './expression.ts';

const definition: HealthRule = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  failed: [
    {
      when: conditionIs('NamesAccepted', 'False'),
      message: `"names not accepted: " + ${conditionText('NamesAccepted')}`,
    },
    {
      when: conditionIs('NonStructuralSchema', 'True'),
      message: `"schema is not structural: " + ${conditionText('NonStructuralSchema')}`,
    },
    {
      when: conditionIs('KubernetesAPIApprovalPolicyConformant', 'False'),
      message: conditionText('KubernetesAPIApprovalPolicyConformant'),
    },
  ],
  progressing: [
    { when: conditionIs('Terminating', 'True'), message: text('being deleted') },
    {
      when: `!${conditionIs('Established', 'True')} || !${conditionIs('NamesAccepted', 'True')}`,
      message: text('not established yet'),
    },
  ],
};

const apiService: HealthRule = {
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  progressing: [
    { when: `!${conditionIs('Available', 'True')}`, message: `"not available: " + ${conditionText('Available')}` },
  ],
};

const autoscaler: HealthRule = {
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  failed: [
    {
      when: conditionIs('AbleToScale', 'False', ['FailedGetScale', 'FailedUpdateScale']),
      message: conditionText('AbleToScale'),
    },
    {
      when: conditionIs('ScalingActive', 'False', ['InvalidSelector', 'AmbiguousSelector']),
      message: conditionText('ScalingActive'),
    },
  ],
  sufficient: [
    // Without metrics its target simply keeps its size; nothing that follows needs it to scale.
    { when: conditionIs('ScalingActive', 'False'), message: `"does not scale: " + ${conditionText('ScalingActive')}` },
  ],
  progressing: [{ when: `!(${present('status.conditions')})`, message: text('not seen by its controller yet') }],
};

const budget: HealthRule = {
  group: 'policy',
  kind: 'PodDisruptionBudget',
  failed: [
    { when: conditionIs('DisruptionAllowed', 'False', ['SyncFailed']), message: conditionText('DisruptionAllowed') },
  ],
  progressing: [
    { when: `!(${present('status.observedGeneration')})`, message: text('not seen by its controller yet') },
  ],
};

const ingress: HealthRule = {
  group: 'networking.k8s.io',
  kind: 'Ingress',
  sufficient: [
    // Many controllers never publish an address; waiting for one would stop a working platform.
    {
      when: `!(${present('status.loadBalancer.ingress')} && size(object.status.loadBalancer.ingress) > 0)`,
      message: text('no controller has published an address (some never do)'),
    },
  ],
};

export const cluster: readonly HealthRule[] = [definition, apiService, autoscaler, budget, ingress];
