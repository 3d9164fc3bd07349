import { ForgeError } from '../error.ts';
import { fetchErrors } from './errors.ts';
import { parseRetryAfter, type Attempt } from './retry.ts';
import { showUrl } from './show-url.ts';

type Failed = Extract<Attempt<never>, { ok: false }>;

const transientCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

const timeoutCodes: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

const tlsCode = /CERT|TLS|SSL|EPROTO|UNABLE_TO|SELF_SIGNED/;

const transientStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Judges what went wrong with a connection: which error it is, and whether another try may help. Errors of the catalogue, and errors that no connection
 * makes (a sink that cannot write), are passed on as they are.
 */
export function judgeError(error: unknown, url: URL): Failed {
  if (error instanceof ForgeError) return { ok: false, error, again: false };
  const code = codeOf(error);
  const problem = { what: `cannot fetch ${showUrl(url)}`, why: reasonOf(error, code), where: { file: showUrl(url) } };
  const detail = { cause: error };
  if (timeoutCodes.has(code)) {
    return {
      ok: false,
      again: true,
      error: fetchErrors.E_FETCH_TIMEOUT(
        { ...problem, fix: 'check the network, or configure a mirror nearer to you' },
        detail,
      ),
    };
  }
  if (transientCodes.has(code)) {
    return {
      ok: false,
      again: true,
      error: fetchErrors.E_FETCH_NETWORK(
        { ...problem, fix: 'check the network and the host, then run the same command again' },
        detail,
      ),
    };
  }
  if (tlsCode.test(code)) {
    const fix = 'if the server uses a certificate authority of your own, name its file in NODE_EXTRA_CA_CERTS';
    return { ok: false, again: false, error: fetchErrors.E_FETCH_NETWORK({ ...problem, fix }, detail) };
  }
  const isConnection = code === 'ENOTFOUND' || /^(UND_ERR|HPE)_/.test(code);
  const fix =
    code === 'ENOTFOUND'
      ? 'check the host name; without a network, configure a mirror'
      : 'check what answers under this address';
  return {
    ok: false,
    again: false,
    error: isConnection ? fetchErrors.E_FETCH_NETWORK({ ...problem, fix }, detail) : error,
  };
}

/** The failure that a status means. */
export function judgeStatus(
  status: number,
  headers: Readonly<Record<string, string>>,
  url: URL,
  nowMs: number,
): Failed {
  const again = transientStatuses.has(status);
  const error = fetchErrors.E_FETCH_STATUS({
    what: `the server answered ${status} for ${showUrl(url)}`,
    why: meaningOf(status),
    fix: fixFor(status),
    where: { file: showUrl(url) },
  });
  return { ok: false, error, again, retryAfterMs: again ? parseRetryAfter(headers['retry-after'], nowMs) : undefined };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? '' : codeOf(error.cause);
}

function reasonOf(error: unknown, code: string): string {
  const known: Readonly<Record<string, string>> = {
    ENOTFOUND: 'the host name is not known',
    ECONNREFUSED: 'nobody listens there',
    ECONNRESET: 'the connection was cut',
    UND_ERR_SOCKET: 'the connection was cut before the answer was complete',
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer ended before it was complete',
    UND_ERR_CONNECT_TIMEOUT: 'no connection within the time limit',
    UND_ERR_HEADERS_TIMEOUT: 'the server accepted the request but did not answer in time',
    UND_ERR_BODY_TIMEOUT: 'the server stopped sending in the middle of the answer',
  };
  return known[code] ?? `${error instanceof Error ? error.message : String(error)}${code === '' ? '' : ` (${code})`}`;
}

function meaningOf(status: number): string {
  if (status === 401) return 'it wants to know who asks';
  if (status === 403) return 'it does not allow this';
  if (status === 404 || status === 410) return 'there is no such file';
  if (status === 429) return 'it gets too many requests';
  return status >= 500 ? 'it is in trouble, also after several tries' : 'it does not accept the request';
}

function fixFor(status: number): string {
  if (status === 401 || status === 403) return 'give credentials for this host, or check that yours may read it';
  if (status === 404 || status === 410) return 'check the address and the version in it';
  return 'try again later, or configure a mirror';
}
