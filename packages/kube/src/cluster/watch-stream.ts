import { isObject, type Context, type Json } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import { asKubeObject } from '../manifest/head.ts';
import { fieldAt, type KubeObject } from '../object.ts';
import { apiError, readStatus } from './api-error.ts';
import type { Client } from './client.ts';
import type { ListQuery, ServedKind } from './cluster.ts';
import { collectionPath, queryText, selectorsOf } from './paths.ts';

/** One event of a watch stream. `alive` is any byte that is not yet an event. */
export type StreamEvent =
  | { readonly kind: 'upsert' | 'delete'; readonly object: KubeObject; readonly resourceVersion: string }
  | { readonly kind: 'bookmark'; readonly resourceVersion: string }
  | { readonly kind: 'alive' };

export interface StreamOptions {
  /** The server ends the stream after this many seconds; a little differently each time, so that watches do not all come back at once. */
  readonly timeoutSeconds: number;
  /** Silence for so long means that the connection is dead: servers send a bookmark about every minute. */
  readonly idleMs: number;
}

interface StreamRequest {
  readonly client: Client;
  readonly kind: ServedKind;
  readonly query: ListQuery;
  readonly resourceVersion: string;
}

/** Opens one watch. Throws E_API_* (E_API_GONE: list again), E_API_ANSWER for what is not an event, and network errors as they are. */
export async function* watchStream(
  { client, kind, query, resourceVersion }: StreamRequest,
  options: StreamOptions,
  ctx: Context,
): AsyncGenerator<StreamEvent, void> {
  const path =
    collectionPath(kind, query.namespace) +
    queryText({
      watch: 1,
      allowWatchBookmarks: true,
      resourceVersion,
      timeoutSeconds: options.timeoutSeconds,
      ...selectorsOf(query),
    });
  client.count('watch');
  const answer = await client.transport.open({ method: 'GET', path }, options.idleMs, ctx);
  const subject = { action: `watch ${kind.resource}`, server: client.server };
  if (answer.status >= 400) throw apiError(readStatus(answer.status, await answer.body.text()), subject);
  yield { kind: 'alive' };
  for await (const line of lines(answer.body)) {
    if (line === '') yield { kind: 'alive' };
    else yield readEvent(line, { kind, ...subject });
  }
}

/** A line without its end is dropped: the connection was cut in the middle of it. An empty line stands for bytes that complete none. */
async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  for await (const chunk of body) {
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n');
    rest.push(first);
    if (more.length === 0) yield '';
    for (const part of more) {
      const line = rest.join('');
      rest = [part];
      if (line !== '') yield line;
    }
  }
}

interface EventContext {
  readonly kind: ServedKind;
  readonly action: string;
  readonly server: string;
}

function readEvent(line: string, { kind, action, server }: EventContext): StreamEvent {
  const event = parse(line);
  const type = fieldAt(event, 'type');
  const object = fieldAt(event, 'object') ?? null;
  if (type === 'ERROR')
    throw apiError(readStatus(Number(fieldAt(object, 'code') ?? 500), JSON.stringify(object)), { action, server });
  const resourceVersion = fieldAt(object, 'metadata', 'resourceVersion');
  if (typeof resourceVersion === 'string') {
    if (type === 'BOOKMARK') return { kind: 'bookmark', resourceVersion };
    if (type === 'ADDED' || type === 'MODIFIED')
      return { kind: 'upsert', object: asKubeObject(object), resourceVersion };
    if (type === 'DELETED') return { kind: 'delete', object: asKubeObject(object), resourceVersion };
  }
  throw errors.E_API_ANSWER({
    what: `cannot ${action}: the server sent an event that cannot be read`,
    why: `${kind.kind}: ${line.slice(0, 100)}`,
    fix: 'none needed: the watch begins anew',
  });
}

function parse(line: string): Json {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
