import { catalogue } from '@cluster-forge/base';

export const smeltErrors = catalogue({
  E_SMELT_FAILED: { summary: 'A component cannot be rendered; its findings say why.', exit: 3 },
  E_SMELT_HELM: { summary: 'Helm could not render a chart.', exit: 3 },
  E_SMELT_VALUES: {
    summary: 'The values given to a chart are refused by its schema or lack something its templates need.',
    exit: 3,
  },
  E_SMELT_KUBE_VERSION: { summary: 'A chart does not support the Kubernetes version of the target.', exit: 3 },
  E_SMELT_DEPENDENCIES: { summary: 'A local chart lacks the subcharts it depends on.', exit: 3 },
  E_SMELT_KUSTOMIZE: { summary: 'kustomize could not build a kustomization.', exit: 3 },
  E_SMELT_REMOTE: { summary: 'A kustomization reaches into the network while it is built.', exit: 3 },
  E_SMELT_TEMPLATE: { summary: 'A template of ours uses `$when` or `$each` wrongly.', exit: 3 },
  E_SMELT_EXPRESSION: { summary: 'A plain file holds `${{`, which only templates evaluate.', exit: 3 },
  E_SMELT_COLLISION: { summary: 'Two places make the same object.', exit: 3 },
  E_SMELT_NAMESPACE: { summary: 'Components that share a namespace want different labels on it.', exit: 3 },
  E_SMELT_UNKNOWN_KIND: {
    summary:
      'An object has a kind that is neither built in nor defined by a CRD of the platform; it is taken as namespaced.',
    exit: 3,
  },
  E_SMELT_EDITED: { summary: 'A file in `working/` was changed by hand and is left as it is.', exit: 3 },
});
