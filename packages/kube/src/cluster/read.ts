import { isObject, type Context, type Json } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import { asKubeObject } from '../manifest/head.ts';
import { fieldAt, printObject, type KubeObject, type ObjectId } from '../object.ts';
import { statusOf } from './api-error.ts';
import type { Client } from './client.ts';
import type { ListQuery, ObjectList, ServedKind } from './cluster.ts';
import { collectionPath, objectPath, queryText, selectorsOf } from './paths.ts';

const pageSize = 500;
const maxRestarts = 5;

/** One object, or undefined when there is none. */
export async function getObject(
  client: Client,
  target: { readonly kind: ServedKind; readonly id: ObjectId; readonly namespace: string },
  ctx: Context,
): Promise<KubeObject | undefined> {
  const { kind, id, namespace } = target;
  const path = objectPath(kind, id.name, namespace);
  try {
    const answer = await client.send(
      { verb: 'get', request: { method: 'GET', path }, action: `read ${printObject(id)}`, isRepeatable: true },
      ctx,
    );
    return readObject(answer.body, `read ${printObject(id)}`);
  } catch (error) {
    if (statusOf(error)?.code === 404) return undefined;
    throw error;
  }
}

/** All pages. When the server forgets the continuation (410) the list begins anew, so that it is one consistent state. */
export async function listObjects(
  client: Client,
  target: { readonly kind: ServedKind; readonly query: ListQuery },
  ctx: Context,
): Promise<ObjectList> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await listPages(client, target, ctx);
    } catch (error) {
      if (statusOf(error)?.code !== 410 || restarts >= maxRestarts) throw error;
    }
  }
}

async function listPages(
  client: Client,
  { kind, query }: { readonly kind: ServedKind; readonly query: ListQuery },
  ctx: Context,
): Promise<ObjectList> {
  const items: KubeObject[] = [];
  const action = `list ${kind.resource}`;
  let next: string | undefined;
  for (;;) {
    const path =
      collectionPath(kind, query.namespace) + queryText({ limit: pageSize, continue: next, ...selectorsOf(query) });
    const answer = await client.send(
      { verb: 'list', request: { method: 'GET', path }, action, sort: action, isRepeatable: true },
      ctx,
    );
    const page = parse(answer.body, action);
    items.push(...itemsOf(page, kind));
    const more = fieldAt(page, 'metadata', 'continue');
    const resourceVersion = fieldAt(page, 'metadata', 'resourceVersion');
    if (typeof more !== 'string' || more === '')
      return { items, resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '' };
    next = more;
  }
}

/** Items of a list carry no kind of their own. */
function itemsOf(page: Json, { group, version, kind }: ServedKind): readonly KubeObject[] {
  const items = fieldAt(page, 'items');
  const typed = { apiVersion: group === '' ? version : `${group}/${version}`, kind };
  return (Array.isArray(items) ? items : []).map((item: Json) =>
    asKubeObject(isObject(item) ? { ...typed, ...item } : item),
  );
}

/** The body of an answer that is one object. Throws E_API_ANSWER. */
export function readObject(body: string, action: string): KubeObject {
  return asKubeObject(parse(body, action));
}

function parse(body: string, action: string): Json {
  try {
    return JSON.parse(body) as Json; // JSON.parse gives plain data and nothing else.
  } catch (cause) {
    throw errors.E_API_ANSWER(
      { what: `cannot ${action}: the answer is not JSON`, fix: 'check what stands between: a proxy, a load balancer' },
      { cause },
    );
  }
}
