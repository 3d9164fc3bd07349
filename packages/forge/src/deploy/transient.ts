import { ForgeError } from '@cluster-forge/base';

const always: ReadonlySet<string> = new Set([
  'E_API_UNREACHABLE',
  'E_API_BUSY',
  'E_API_SERVER',
  'E_API_ANSWER',
  'E_API_GONE',
  'E_API_CONFLICT',
  'E_API_KIND',
  'E_API_NOT_FOUND',
  'E_DEPLOY_LEAVING',
  'E_DEPLOY_LEASE_STALE',
]);

/**
 * True for failures that waiting may cure: the API server is away or overloaded, a webhook behind it does not answer yet (500), a kind whose CRD has
 * just come is not served yet (404), a namespace still goes away, a quota is full for now. The component's timeout bounds the waiting.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ForgeError)) return false;
  if (always.has(error.code)) return true;
  const text = `${error.problem.what} ${error.problem.why ?? ''}`;
  return error.code === 'E_API_FORBIDDEN' && /being terminated|exceeded quota|no quota/i.test(text);
}

/** True for failures that make all further work pointless: nothing can be journalled, or the platform is not ours any more. */
export function isFatal(error: unknown): boolean {
  return (
    error instanceof ForgeError &&
    /^E_FILE_|^E_DEPLOY_LEASE_LOST$|^E_DEPLOY_LOCKED$|^E_FAILPOINT$|^E_API_UNAUTHORIZED$/.test(error.code)
  );
}
