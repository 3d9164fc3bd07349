import { isObject, type ForgeError, type Json, type Problem } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import { fieldAt } from '../object.ts';

/** What a failed request was about, for people: `apply Deployment a/b`. */
export interface RequestSubject {
  readonly action: string;
  /** Server address without credentials. */
  readonly server: string;
}

/** The Status object of Kubernetes, as far as errors use it. */
export interface ApiStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  /** From the body; the header wins. */
  readonly retryAfterSeconds: number | undefined;
}

/** Reads a Status from an answer's body; proxies answer with anything. */
export function readStatus(code: number, body: string): ApiStatus {
  const value = parseJson(body);
  const causes = fieldAt(value, 'details', 'causes');
  const retryAfter = fieldAt(value, 'details', 'retryAfterSeconds');
  return {
    code,
    reason: text(fieldAt(value, 'reason')),
    message: text(fieldAt(value, 'message')) || excerpt(body),
    causes: (Array.isArray(causes) ? causes : []).filter(isObject).map((cause) => ({
      reason: text(cause['reason']),
      message: text(cause['message']),
      field: text(cause['field']),
    })),
    retryAfterSeconds: typeof retryAfter === 'number' ? retryAfter : undefined,
  };
}

/**
 * True for answers that no repeat changes. The API server answers an apply whose fields have the wrong type with a bare 500
 * (k8s.io/apiserver `fieldmanager`, 1.36), so the text must tell.
 */
export function isRefusal({ code, reason, message }: ApiStatus): boolean {
  if (code === 500 && reason === '')
    return /^failed to create typed patch object|^failed to create manager/.test(message);
  return code < 500 && code !== 429;
}

/** The error of an answer that is no success. `cause` of the ForgeError is the status itself. */
export function apiError(status: ApiStatus, subject: RequestSubject): ForgeError {
  const conflicts = status.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (status.code === 409 && conflicts.length > 0) return applyConflict(status, subject, conflicts);
  const [factory, fix] = sortOf(status);
  const problem: Problem = { what: `cannot ${subject.action}: ${brief(status)}`, why: whyOf(status, subject), fix };
  return factory(problem, { cause: status });
}

/** The status behind an error that `apiError` made. */
export function statusOf(error: unknown): ApiStatus | undefined {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  // Only apiError puts objects with these three fields there.
  return isObject(cause) && typeof cause['code'] === 'number' && 'causes' in cause
    ? (cause as unknown as ApiStatus)
    : undefined;
}

function sortOf(status: ApiStatus) {
  const { code, reason } = status;
  if (code === 401) return [errors.E_API_UNAUTHORIZED, 'sign in again, or check the user of the kubeconfig'] as const;
  if (code === 403)
    return [
      errors.E_API_FORBIDDEN,
      'ask for the right, or use another context; the message says what is missing',
    ] as const;
  if (code === 404)
    return [errors.E_API_NOT_FOUND, 'make what it needs first, such as its namespace or its CRD'] as const;
  if (code === 409) return [errors.E_API_CONFLICT, 'read the object again and repeat'] as const;
  if (code === 410) return [errors.E_API_GONE, 'list again'] as const;
  if (code === 429 || (code === 503 && reason !== ''))
    return [errors.E_API_BUSY, 'try again later; look at the load of the API server'] as const;
  if (code >= 500 && !isRefusal(status))
    return [
      errors.E_API_SERVER,
      'look at the log of the API server, and at webhooks if the message names one',
    ] as const;
  return [errors.E_API_INVALID, 'correct the object; the message names the field'] as const;
}

function brief({ code, reason, message }: ApiStatus): string {
  return message === '' ? `status ${code} ${reason}`.trim() : message;
}

function whyOf(status: ApiStatus, { server }: RequestSubject): string {
  const untold = status.causes.filter(({ message }) => !status.message.includes(message));
  const causes = untold.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  const answer = `${server} answered ${status.code}${status.reason === '' ? '' : ` ${status.reason}`}`;
  return causes.length === 0 ? answer : `${answer}; ${causes.join('; ')}`;
}

/** Causes look like `conflict with "kubectl" using apps/v1` at field `.spec.replicas`. */
function applyConflict(status: ApiStatus, { action }: RequestSubject, conflicts: ApiStatus['causes']): ForgeError {
  const paths = Map.groupBy(
    conflicts,
    ({ message }) => /conflict with "((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message,
  );
  const owners = [...paths].map(
    ([manager, owned]) => `${JSON.stringify(manager)} owns ${owned.map(({ field }) => field).join(', ')}`,
  );
  return errors.E_APPLY_CONFLICT(
    {
      what: `cannot ${action}: ${owners.join('; ')}`,
      why: 'another field manager set these fields, and taking them over would undo its work',
      fix: 'remove the fields from the manifest, or force the apply to take them over',
    },
    { cause: status },
  );
}

function parseJson(body: string): Json {
  try {
    return JSON.parse(body) as Json; // JSON.parse gives plain data and nothing else.
  } catch {
    return null;
  }
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function excerpt(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}
