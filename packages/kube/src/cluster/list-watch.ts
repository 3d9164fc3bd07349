import { ForgeError, type Context } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import type { ObjectList, WatchEvent } from './cluster.ts';
import type { StreamEvent } from './watch-stream.ts';

/** Where a list-watch gets its data; the API server, or a script in tests. */
export interface WatchSource {
  list(ctx: Context): Promise<ObjectList>;
  /** Events after `resourceVersion`, until the server ends the stream. Throws when the connection breaks or stays silent. */
  stream(resourceVersion: string, ctx: Context): AsyncIterable<StreamEvent>;
}

export interface WatchTiming {
  /** Without contact for so long, `stale` is told, and again after each such time. */
  readonly staleAfterMs: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** 0 to 1; for jitter. */
  readonly random: () => number;
}

interface Watching {
  readonly source: WatchSource;
  readonly timing: WatchTiming;
  readonly ctx: Context;
  /** Where to go on; undefined: list first. */
  position: string | undefined;
  /** The newest resourceVersion ever told; nothing older is told again. */
  newest: string;
  lastContactMs: number;
  failures: number;
}

/**
 * List, then watch from there, for ever: a cut goes on where it stopped, a 410 or an unreadable event lists again, failures back off with jitter.
 * Ends when the signal aborts. Throws what no waiting mends: no right to list (403), kind not served (404), a bad selector (400).
 */
export async function* listWatch(
  source: WatchSource,
  timing: WatchTiming,
  ctx: Context,
): AsyncGenerator<WatchEvent, void> {
  const state: Watching = {
    source,
    timing,
    ctx,
    position: undefined,
    newest: '',
    lastContactMs: ctx.clock.now(),
    failures: 0,
  };
  while (!ctx.signal.aborted) {
    try {
      if (state.position === undefined) yield* listAll(state);
      else yield* follow(state);
    } catch (error) {
      if (ctx.signal.aborted) return;
      if (isFinal(error)) throw error;
      if (isGone(error)) state.position = undefined;
      state.failures += 1;
    }
    if (state.failures > 0) yield* backOff(state);
  }
}

async function* listAll(state: Watching): AsyncGenerator<WatchEvent, void> {
  const list = yield* untilSettled(state, state.source.list(state.ctx));
  if (isOlder(list.resourceVersion, state.newest)) {
    // A server that lags behind would take the cache back in time.
    state.failures += 1;
    return;
  }
  contact(state, list.resourceVersion);
  state.position = list.resourceVersion;
  yield { kind: 'synced', items: list.items };
}

/** One stream. Ends quietly when the server ends it, as it does every few minutes. */
async function* follow(state: Watching): AsyncGenerator<WatchEvent, void> {
  const { ctx, position = '' } = state;
  const failuresBefore = state.failures;
  const events = state.source.stream(position, ctx)[Symbol.asyncIterator]();
  let seen = 0;
  try {
    for (;;) {
      const next = yield* untilSettled(state, events.next());
      if (next.done === true) break;
      seen += 1;
      yield* take(state, next.value);
    }
  } finally {
    // Not awaited: a stream that hangs must not hold up its own end.
    void Promise.resolve(events.return?.()).catch(() => undefined);
  }
  if (seen === 0) state.failures = failuresBefore + 1;
}

function* take(state: Watching, event: StreamEvent): Generator<WatchEvent, void> {
  if (event.kind === 'alive') {
    state.lastContactMs = state.ctx.clock.now();
    return;
  }
  if (!isNewer(event.resourceVersion, state.newest)) return;
  contact(state, event.resourceVersion);
  state.position = event.resourceVersion;
  if (event.kind !== 'bookmark') yield { kind: event.kind, object: event.object };
}

function contact(state: Watching, resourceVersion: string): void {
  state.newest = resourceVersion;
  state.lastContactMs = state.ctx.clock.now();
  state.failures = 0;
}

/** The value of a promise; meanwhile `stale` whenever contact has been missing for long. */
async function* untilSettled<T>(state: Watching, promise: Promise<T>): AsyncGenerator<WatchEvent, T> {
  const { clock, signal } = state.ctx;
  let told = 0;
  for (;;) {
    const ended = new AbortController();
    const dueMs = state.lastContactMs + state.timing.staleAfterMs * (told + 1);
    const wait = clock.sleep(Math.max(dueMs - clock.now(), 1), AbortSignal.any([signal, ended.signal])).then(
      () => 'stale' as const,
      () => 'aborted' as const,
    );
    const first = await Promise.race([promise.then((value) => ({ value })), wait]).finally(() => ended.abort());
    if (typeof first === 'object') return first.value;
    signal.throwIfAborted();
    told += 1;
    yield { kind: 'stale', sinceMs: clock.now() - state.lastContactMs };
  }
}

async function* backOff(state: Watching): AsyncGenerator<WatchEvent, void> {
  const { timing, ctx, failures } = state;
  const ms = Math.min(timing.maxDelayMs, timing.firstDelayMs * 2 ** (failures - 1)) * (0.5 + timing.random() / 2);
  try {
    yield* untilSettled(state, ctx.clock.sleep(ms, ctx.signal));
  } catch (error) {
    if (!ctx.signal.aborted) throw error;
  }
}

const finalCodes = new Set<string>([
  errors.E_API_FORBIDDEN.code,
  errors.E_API_UNAUTHORIZED.code,
  errors.E_API_NOT_FOUND.code,
  errors.E_API_KIND.code,
  errors.E_API_INVALID.code,
]);

function isFinal(error: unknown): boolean {
  return error instanceof ForgeError && finalCodes.has(error.code);
}

function isGone(error: unknown): boolean {
  return error instanceof ForgeError && error.code === errors.E_API_GONE.code;
}

/**
 * Resource versions are decimal numbers that grow, comparable since Kubernetes 1.35
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions), in fact always. Those that are not are taken as newer.
 */
export function isNewer(candidate: string, than: string): boolean {
  if (than === '' || !/^\d+$/.test(candidate) || !/^\d+$/.test(than)) return candidate !== than || than === '';
  return candidate.length === than.length ? candidate > than : candidate.length > than.length;
}

function isOlder(candidate: string, than: string): boolean {
  return candidate !== than && !isNewer(candidate, than);
}
