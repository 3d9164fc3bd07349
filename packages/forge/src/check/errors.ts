import { catalogue } from '@cluster-forge/base';

export const checkErrors = catalogue({
  E_CHECK_SCHEMA: {
    summary: 'An object does not fit the schema of its kind, so the API server would refuse it.',
    exit: 3,
  },
  E_CHECK_KIND: { summary: 'Neither Kubernetes nor a CRD of this platform defines the kind of an object.', exit: 3 },
  E_CHECK_API_REMOVED: { summary: 'An object is written in an API version that the target no longer serves.', exit: 3 },
  E_CHECK_API_DEPRECATED: {
    summary: 'An object is written in an API version that a later Kubernetes will not serve.',
    exit: 3,
  },
  E_CHECK_SCOPE: {
    summary: 'An object of a namespaced kind has no namespace, or one of a cluster-wide kind has one.',
    exit: 3,
  },
  E_CHECK_DUPLICATE: { summary: 'Two manifests describe the same object.', exit: 3 },
  E_CHECK_REFERENCE: { summary: 'An object names another one that nobody makes.', exit: 3 },
  E_CHECK_NAMESPACE: { summary: 'Objects lie in a namespace that nobody creates.', exit: 3 },
  E_CHECK_EXPRESSION: { summary: 'A rendered object still holds an expression of ours.', exit: 3 },
  E_CHECK_SECRET_LITERAL: {
    summary: 'A value that should be secret stands in rendered output, and so in git.',
    exit: 3,
  },
  E_CHECK_SECRET_WEAK: { summary: 'A password in rendered output is short or well known.', exit: 3 },
  E_CHECK_IMAGE_TAG: { summary: 'An image is named without a tag, or by the moving tag latest.', exit: 3 },
  E_CHECK_SELECTOR: { summary: 'A workload does not select the pods it makes.', exit: 3 },
});
