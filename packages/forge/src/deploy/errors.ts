import { catalogue } from '@cluster-forge/base';

export const deployErrors = catalogue({
  E_DEPLOY_LOCKED: { summary: 'Another forge is working on the same platform in this cluster.', exit: 1 },
  E_DEPLOY_LEASE_LOST: {
    summary: 'Somebody else took over the lease of the platform in the middle of the work, so the work stopped.',
    exit: 1,
  },
  E_DEPLOY_LEASE_STALE: {
    summary:
      'The lease of the platform could not be renewed for so long that writing is unsafe; passes when the API server answers.',
    exit: 1,
  },
  E_DEPLOY_CONFLICT: { summary: 'Somebody else has set a field that the release sets too.', exit: 1 },
  E_DEPLOY_IMMUTABLE: { summary: 'The release changes a field that Kubernetes does not let anybody change.', exit: 1 },
  E_DEPLOY_LEAVING: { summary: 'An earlier object of the same name is still being deleted.', exit: 1 },
  E_DEPLOY_REFUSED: { summary: 'The API server refuses an object of the release.', exit: 1 },
  E_DEPLOY_GATE: { summary: 'A component was not ready in time.', exit: 1 },
  E_DEPLOY_BLOCKED: { summary: 'A component could not start because something it needs failed.', exit: 1 },
  E_DEPLOY_STUCK: { summary: 'Objects of the graph can never start.', exit: 1 },
  E_DEPLOY_SECRET: { summary: 'A generated secret could not be made or completed.', exit: 1 },
  E_DEPLOY_PRUNE: { summary: 'An object that is no longer part of the platform could not be removed.', exit: 1 },
  E_DEPLOY_RECORD: { summary: 'A release record in the cluster cannot be read.', exit: 1 },
  E_DEPLOY_UNKNOWN: { summary: 'The cluster holds no such platform, component or object.', exit: 2 },
});
