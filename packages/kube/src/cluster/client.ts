import type { Context, ForgeError } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import { apiError, isRefusal, readStatus, type ApiStatus } from './api-error.ts';
import type { Limiter, Place } from './limiter.ts';
import type { ApiAnswer, ApiRequest, Transport } from './transport.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'apply' | 'patch' | 'delete' | 'discover' | 'raw';

/** A request with what retries, counters and errors need to know of it. */
export interface Call {
  readonly verb: Verb;
  readonly request: ApiRequest;
  /** For errors: `apply Deployment a/b`. */
  readonly action: string;
  /** Groups work of like weight for the limiter; default the verb. */
  readonly sort?: string;
  readonly isDryRun?: boolean;
  /** The request may be sent again although the first may have been carried out. */
  readonly isRepeatable: boolean;
}

export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** 0 to 1; for jitter. */
  readonly random: () => number;
}

/** Sends calls: bounded, counted, retried where that is safe. */
export interface Client {
  readonly server: string;
  readonly fieldManager: string;
  /** Any answer below 400. Throws E_API_*; after an ambiguous failure of a call that is not repeatable the error's `cause` is an Ambiguous. */
  send(call: Call, ctx: Context): Promise<ApiAnswer>;
  /** One try, whatever the status. Throws E_API_UNREACHABLE. */
  ask(call: Call, ctx: Context): Promise<ApiAnswer>;
  readonly transport: Transport;
  count(verb: Verb, isDryRun?: boolean): void;
  requests(): { readonly mutating: number; readonly byVerb: Readonly<Record<string, number>> };
}

/** The server may or may not have done it. */
export interface Ambiguous {
  readonly kind: 'ambiguous';
  readonly error: unknown;
}

const mutating = new Set<Verb>(['create', 'apply', 'patch', 'delete']);

interface ClientParts {
  readonly server: string;
  readonly fieldManager: string;
  readonly transport: Transport;
  readonly limiter: Limiter;
  readonly retry: RetryOptions;
}

/** Connects the parts. One per cluster. */
export function createClient({ server, fieldManager, transport, limiter, retry }: ClientParts): Client {
  const counts = new Map<string, number>();
  let mutations = 0;
  const count = (verb: Verb, isDryRun = false) => {
    counts.set(verb, (counts.get(verb) ?? 0) + 1);
    if (mutating.has(verb) && !isDryRun) mutations += 1;
  };
  const once = (call: Call, ctx: Context) =>
    limiter.run(async (place) => {
      count(call.verb, call.isDryRun);
      return attempt({ call, transport, place }, ctx);
    }, ctx.signal);
  return {
    server,
    fieldManager,
    transport,
    count,
    ask: async (call, ctx) => {
      const result = await once(call, ctx);
      if (result.kind === 'answer') return result.answer;
      throw unreachable({ action: call.action, server, error: result.error });
    },
    send: (call, ctx) => withRetries({ call, once: () => once(call, ctx), retry, server }, ctx),
    requests: () => ({ mutating: mutations, byVerb: Object.fromEntries(counts) }),
  };
}

type Attempt =
  | { readonly kind: 'answer'; readonly answer: ApiAnswer }
  /** `reached` is false when the request surely never arrived. */
  | { readonly kind: 'broken'; readonly error: unknown; readonly reached: boolean };

async function attempt(
  { call, transport, place }: { call: Call; transport: Transport; place: Place },
  ctx: Context,
): Promise<Attempt> {
  const startedMs = ctx.clock.now();
  try {
    const answer = await transport.send(call.request, ctx);
    if (isThrottle(answer)) place.throttled();
    else place.answered(sortOf(call), ctx.clock.now() - startedMs);
    return isGarbled(answer)
      ? { kind: 'broken', error: new Error('the answer is not JSON'), reached: true }
      : { kind: 'answer', answer };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof Error && error.name === 'ForgeError') throw error;
    return { kind: 'broken', error, reached: !neverSent.has(codeOf(error)) };
  }
}

/** Work of like weight: what is done, and the size of what is sent to the nearest power of two. */
function sortOf({ sort, verb, request }: Call): string {
  return `${sort ?? verb} ${Math.round(Math.log2((request.body?.length ?? 0) + 1))}`;
}

interface Retrying {
  readonly call: Call;
  readonly once: () => Promise<Attempt>;
  readonly retry: RetryOptions;
  readonly server: string;
}

async function withRetries({ call, once, retry, server }: Retrying, ctx: Context): Promise<ApiAnswer> {
  for (let tries = 1; ; tries += 1) {
    const result = await once();
    if (result.kind === 'answer' && result.answer.status < 400) return result.answer;
    const failure = judge(result, call);
    if (!failure.again || tries >= retry.tries) throw errorOf(failure, call, server);
    await ctx.clock.sleep(delayOf(result, tries, retry), ctx.signal);
  }
}

interface Failure {
  readonly again: boolean;
  readonly status?: ApiStatus;
  readonly network?: unknown;
  readonly isAmbiguous: boolean;
}

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** Certificates do not mend by themselves. */
const hopeless = /CERT|SIGNATURE|ALTNAME|SSL|ENOTFOUND/;

/** What may be repeated: whatever surely was not carried out, and all that does no harm twice. */
function judge(result: Attempt, { isRepeatable }: Call): Failure {
  if (result.kind === 'broken') {
    const isHopeless = hopeless.test(codeOf(result.error));
    return {
      again: !isHopeless && (isRepeatable || !result.reached),
      network: result.error,
      isAmbiguous: result.reached && !isRepeatable,
    };
  }
  const { status: code, body } = result.answer;
  const status = readStatus(code, body);
  if (isThrottle(result.answer)) return { again: true, status, isAmbiguous: false };
  const isModified = code === 409 && status.message.includes('the object has been modified');
  const isTransient = code >= 500 && code !== 501 && !isRefusal(status);
  return { again: isRepeatable && (isTransient || isModified), status, isAmbiguous: !isRepeatable && isTransient };
}

/** 503 without Retry-After comes from aggregated APIs and proxies after the fact. */
function isThrottle({ status, retryAfter }: ApiAnswer): boolean {
  return status === 429 || (status === 503 && retryAfter !== undefined);
}

/** Doubles from try to try, with full jitter above a half; what the server asks for is honoured up to a minute. */
function delayOf(result: Attempt, tries: number, { firstDelayMs, maxDelayMs, random }: RetryOptions): number {
  const grown = Math.min(maxDelayMs, firstDelayMs * 2 ** (tries - 1)) * (0.5 + random() / 2);
  if (result.kind !== 'answer' || result.answer.retryAfter === undefined) return grown;
  const seconds = Number(result.answer.retryAfter);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(60_000, Math.max(grown, seconds * 1000)) : grown;
}

function errorOf({ status, network, isAmbiguous }: Failure, { action }: Call, server: string): ForgeError {
  const error =
    status === undefined ? unreachable({ action, server, error: network }) : apiError(status, { action, server });
  if (!isAmbiguous) return error;
  const ambiguous: Ambiguous = { kind: 'ambiguous', error };
  return errors.E_API_UNREACHABLE(error.problem, { cause: ambiguous });
}

function unreachable({ action, server, error }: { action: string; server: string; error: unknown }): ForgeError {
  if (error instanceof Error && error.message === 'the answer is not JSON') {
    return errors.E_API_ANSWER({
      what: `cannot ${action}: ${server} sent an answer that breaks off or is not JSON`,
      fix: 'check what stands between: a proxy, a load balancer',
    });
  }
  const code = codeOf(error);
  const isCertificate = hopeless.test(code) && code !== 'ENOTFOUND';
  return errors.E_API_UNREACHABLE(
    {
      what: `cannot ${action}: ${isCertificate ? 'the certificate of' : 'no answer from'} ${server}${isCertificate ? ' is not trusted' : ''}`,
      why: messageOf(error),
      fix: isCertificate
        ? 'check certificate-authority in the kubeconfig'
        : 'check that the cluster runs and that this computer reaches it',
    },
    { cause: error },
  );
}

/** A JSON object that does not end was cut on the way. Only the last character is looked at; parsing finds the rest. */
function isGarbled({ body }: ApiAnswer): boolean {
  return body.startsWith('{') && !body.trimEnd().endsWith('}');
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message || codeOf(error) : String(error);
}
