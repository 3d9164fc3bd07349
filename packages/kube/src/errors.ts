import { catalogue } from '@cluster-forge/base';

/** Everything the kube package throws on purpose. */
export const errors = catalogue({
  E_MANIFEST_YAML: {
    summary: 'A document is not YAML as Kubernetes reads it, or is not a Kubernetes object.',
    exit: 3,
  },
  E_MANIFEST_LIMIT: { summary: 'A document is larger, deeper or more aliased than any real manifest.', exit: 3 },
  E_MANIFEST_VALUE: { summary: 'A value cannot be written as YAML, such as NaN.', exit: 1 },
  E_KUBECONFIG_MISSING: { summary: 'There is no kubeconfig file where one was expected.', exit: 2 },
  E_KUBECONFIG_INVALID: { summary: 'A kubeconfig file cannot be read or lacks something it must have.', exit: 2 },
  E_KUBECONFIG_CONTEXT: {
    summary: 'The chosen context, or a cluster or user it names, is not in the kubeconfig.',
    exit: 2,
  },
  E_KUBECONFIG_AUTH: { summary: 'The credential program of a kubeconfig user failed.', exit: 1 },
  E_API_UNREACHABLE: { summary: 'The API server does not answer.', exit: 1 },
  E_API_UNAUTHORIZED: { summary: 'The API server does not accept the credentials (401).', exit: 1 },
  E_API_FORBIDDEN: { summary: 'The user may not do this (403).', exit: 1 },
  E_API_NOT_FOUND: {
    summary: 'The object, or something it needs such as its namespace, does not exist (404).',
    exit: 1,
  },
  E_API_KIND: { summary: 'The cluster does not serve a kind.', exit: 1 },
  E_API_CONFLICT: { summary: 'The object changed or exists already (409).', exit: 1 },
  E_API_INVALID: { summary: 'The API server refuses the object (400, 422, 413, 415).', exit: 1 },
  E_API_GONE: { summary: 'The state asked for is no longer kept by the server (410).', exit: 1 },
  E_API_BUSY: { summary: 'The API server kept asking to wait (429, 503).', exit: 1 },
  E_API_SERVER: { summary: 'The API server failed (5xx).', exit: 1 },
  E_API_ANSWER: { summary: 'The API server sent something that cannot be read.', exit: 1 },
  E_APPLY_CONFLICT: { summary: 'Another field manager owns fields that an apply wants to set.', exit: 1 },
});
