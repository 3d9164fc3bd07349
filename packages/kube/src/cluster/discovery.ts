import { isObject, type Context, type Json } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import { fieldAt, groupOf } from '../object.ts';
import type { Client } from './client.ts';
import type { ServedKind } from './cluster.ts';

/** What the cluster serves, asked in two requests and kept. */
export interface Discovery {
  /** Asks again once when the kind is unknown. */
  find(apiVersion: string, kind: string, ctx: Context): Promise<ServedKind | undefined>;
  all(ctx: Context): Promise<readonly ServedKind[]>;
}

/** Aggregated discovery: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery (stable since 1.30, beta since 1.27). */
const accept = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

type Index = ReadonlyMap<string, ServedKind>;

/** Answers of one cluster, shared by all who ask at the same time. */
export function createDiscovery(client: Client): Discovery {
  let known: Index | undefined;
  let running: Promise<Index> | undefined;
  const ask = async (ctx: Context): Promise<Index> => {
    const [core, groups] = await Promise.all(['/api', '/apis'].map((path) => read(client, path, ctx)));
    known = indexOf([...(core ?? []), ...(groups ?? [])]);
    return known;
  };
  const refresh = (ctx: Context): Promise<Index> => {
    const started = running === undefined;
    running ??= ask(ctx).finally(() => {
      running = undefined;
    });
    // Whoever joined another's question does not fail with it.
    return started ? running : running.catch(() => ask(ctx));
  };
  return {
    async find(apiVersion, kind, ctx) {
      const key = keyOf(apiVersion, kind);
      const found = known?.get(key);
      if (found !== undefined) return found;
      // An answer under way may have been asked for before the kind came.
      const early = (await running?.catch(() => undefined))?.get(key);
      ctx.signal.throwIfAborted();
      if (early !== undefined) return early;
      return (await refresh(ctx)).get(key);
    },
    all: async (ctx) => [...(known ?? (await refresh(ctx))).values()],
  };
}

async function read(client: Client, path: string, ctx: Context): Promise<readonly ServedKind[]> {
  const call = {
    verb: 'discover',
    request: { method: 'GET', path, accept },
    action: `ask what the cluster serves (${path})`,
    isRepeatable: true,
  } as const;
  const value = parse((await client.send(call, ctx)).body);
  if (fieldAt(value, 'kind') !== 'APIGroupDiscoveryList') {
    throw errors.E_API_ANSWER({
      what: `${client.server}${path} does not answer with aggregated discovery`,
      why: 'Kubernetes does so since 1.27',
      fix: 'use a newer cluster, or check what stands between',
    });
  }
  return list(value, 'items').flatMap((group) =>
    list(group, 'versions').flatMap((version) => kindsOf(textAt(group, 'metadata', 'name'), version)),
  );
}

/** Kinds of one group and version. A version that is stale lists what it served last; it is kept, for nothing better is known. */
function kindsOf(group: string, version: Json): readonly ServedKind[] {
  return list(version, 'resources').flatMap((resource) => {
    const kind = textAt(resource, 'responseKind', 'kind');
    if (kind === '') return [];
    return [
      {
        group,
        version: textAt(version, 'version'),
        kind,
        resource: textAt(resource, 'resource'),
        namespaced: textAt(resource, 'scope') === 'Namespaced',
        verbs: list(resource, 'verbs').filter((verb) => typeof verb === 'string'),
        hasStatus: list(resource, 'subresources').some((sub) => textAt(sub, 'subresource') === 'status'),
      },
    ];
  });
}

/** The first of two resources with one kind wins, as the server lists the main one first. */
function indexOf(kinds: readonly ServedKind[]): Index {
  return new Map(kinds.toReversed().map((served) => [`${served.group}/${served.version}/${served.kind}`, served]));
}

function keyOf(apiVersion: string, kind: string): string {
  const group = groupOf(apiVersion);
  return `${group}/${apiVersion.slice(group === '' ? 0 : group.length + 1)}/${kind}`;
}

function parse(body: string): Json {
  try {
    return JSON.parse(body) as Json; // JSON.parse gives plain data and nothing else.
  } catch {
    return null;
  }
}

function list(value: Json, field: string): readonly Json[] {
  const items = isObject(value) ? value[field] : undefined;
  return Array.isArray(items) ? items : [];
}

function textAt(value: Json, ...path: readonly string[]): string {
  const text = fieldAt(value, ...path);
  return typeof text === 'string' ? text : '';
}
