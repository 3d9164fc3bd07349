import type { Context } from '@cluster-forge/base';
import { env } from 'node:process';
import { fieldAt, type ObjectId } from '../object.ts';
import { createClient, type Client } from './client.ts';
import type { Cluster, ListQuery, ServedKind } from './cluster.ts';
import { fieldManager, type ConnectOptions, type Tuning } from './connect.ts';
import { createDiscovery, type Discovery } from './discovery.ts';
import { readKubeconfig, type Access } from './kubeconfig.ts';
import { createLimiter } from './limiter.ts';
import { listWatch } from './list-watch.ts';
import { getObject, listObjects } from './read.ts';
import { createTransport } from './transport.ts';
import { createVersions, type Versions } from './versions.ts';
import { watchStream } from './watch-stream.ts';
import { applyManifest, createObject, deleteObject, notServed, patchObject, type Target } from './write.ts';

const defaults: Tuning = {
  concurrency: { start: 12, min: 2, max: 64 },
  requestTimeoutMs: 65_000,
  connectTimeoutMs: 10_000,
  retry: { tries: 6, firstDelayMs: 100, maxDelayMs: 5000 },
  watch: { timeoutSeconds: 300, idleMs: 100_000, staleAfterMs: 120_000, firstDelayMs: 200, maxDelayMs: 30_000 },
  random: Math.random,
};

/** What `connect` loads when it is called. */
export async function openCluster(options: ConnectOptions): Promise<Cluster> {
  const access = await readKubeconfig({ ...options, env: options.env ?? env });
  const tuning: Tuning = { ...defaults, ...options.tuning };
  const transport = await createTransport(access, tuning);
  const limiter = createLimiter(tuning.concurrency);
  const client = createClient({
    server: access.server,
    transport,
    limiter,
    fieldManager: options.fieldManager ?? fieldManager,
    retry: { ...tuning.retry, random: tuning.random },
  });
  const parts: Parts = { access, client, tuning, discovery: createDiscovery(client), versions: createVersions() };
  return {
    name: access.contextName,
    server: access.server,
    ...reading(parts),
    ...writing(parts),
    concurrency: () => limiter.state(),
    requests: () => client.requests(),
    close: () => transport.close(),
  };
}

interface Parts {
  readonly access: Access;
  readonly client: Client;
  readonly tuning: Tuning;
  readonly discovery: Discovery;
  readonly versions: Versions;
}

function reading(parts: Parts): Pick<Cluster, 'version' | 'kind' | 'kinds' | 'get' | 'list' | 'watch' | 'raw'> {
  const { client, discovery, versions } = parts;
  return {
    version: (ctx) => version(client, ctx),
    kind: (apiVersion, kind, ctx) => discovery.find(apiVersion, kind, ctx),
    kinds: (ctx) => discovery.all(ctx),
    async get(id, ctx) {
      const target = await findTarget(parts, id, ctx);
      const object = target && (await getObject(client, target, ctx));
      if (object !== undefined) versions.learn(object);
      return object;
    },
    async list(query, ctx) {
      const list = await listObjects(client, { kind: await servedKind(parts, query, ctx), query }, ctx);
      for (const object of list.items) versions.learn(object);
      return list;
    },
    watch: (query, ctx) => watch(parts, query, ctx),
    raw: (path, ctx) => raw(client, path, ctx),
  };
}

function writing(parts: Parts): Pick<Cluster, 'apply' | 'create' | 'patch' | 'delete'> {
  const { client, versions } = parts;
  return {
    async apply(manifest, options, ctx) {
      const target = await requireTarget(parts, { namespace: options.namespace, ...manifest.id }, ctx);
      return applyManifest(client, { target, manifest, options, versions }, ctx);
    },
    async create(object, ctx) {
      const { name, namespace } = object.metadata;
      const id = {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name,
        ...(typeof namespace === 'string' ? { namespace } : {}),
      };
      return createObject(client, { target: await requireTarget(parts, id, ctx), object }, ctx);
    },
    async patch(id, patch, { subresource }, ctx) {
      const target = await requireTarget(parts, id, ctx);
      const object = await patchObject(
        client,
        { target, patch, ...(subresource === undefined ? {} : { subresource }) },
        ctx,
      );
      versions.learn(object);
      return object;
    },
    async delete(id, options, ctx) {
      const target = await findTarget(parts, id, ctx);
      if (target === undefined) return false;
      versions.forget(target);
      return deleteObject(client, { target, options }, ctx);
    },
  };
}

async function* watch({ client, discovery, tuning, versions, access }: Parts, query: ListQuery, ctx: Context) {
  const find = () => servedKind({ client, discovery, tuning, versions, access }, query, ctx);
  const kind = await find();
  const { timeoutSeconds, idleMs } = tuning.watch;
  const source = {
    list: (within: Context) => listObjects(client, { kind, query }, within),
    stream: (resourceVersion: string, within: Context) =>
      watchStream(
        { client, kind, query, resourceVersion },
        { timeoutSeconds: jittered(timeoutSeconds, tuning.random), idleMs },
        within,
      ),
  };
  for await (const event of listWatch(source, { ...tuning.watch, random: tuning.random }, ctx)) {
    if (event.kind === 'synced') for (const object of event.items) versions.learn(object);
    if (event.kind === 'upsert') versions.learn(event.object);
    yield event;
  }
}

function jittered(seconds: number, random: () => number): number {
  return Math.max(1, Math.round(seconds * (1 - random() / 5)));
}

async function version(client: Client, ctx: Context): Promise<string> {
  const call = {
    verb: 'raw',
    request: { method: 'GET', path: '/version' },
    action: 'ask for the version',
    isRepeatable: true,
  } as const;
  const gitVersion = fieldAt(JSON.parse((await client.send(call, ctx)).body), 'gitVersion');
  return typeof gitVersion === 'string' ? gitVersion : 'unknown';
}

/** Statuses of 400 and above are answers here, not errors; only what never answers throws. */
async function raw(
  client: Client,
  path: string,
  ctx: Context,
): Promise<{ readonly status: number; readonly body: string }> {
  const request = { method: 'GET', path, accept: 'application/json, */*' } as const;
  const { status, body } = await client.ask({ verb: 'raw', request, action: `get ${path}`, isRepeatable: true }, ctx);
  return { status, body };
}

/** The id comes back with the namespace it has in this cluster, none for cluster-scoped kinds. */
async function findTarget({ discovery, access }: Parts, id: LooseId, ctx: Context): Promise<Target | undefined> {
  const { apiVersion, kind, name, namespace = access.namespace } = id;
  const served = await discovery.find(apiVersion, kind, ctx);
  const place = served?.namespaced === true ? { namespace } : {};
  return served && { kind: served, id: { apiVersion, kind, name, ...place }, namespace };
}

type LooseId = Omit<ObjectId, 'namespace'> & { readonly namespace?: string | undefined };

async function requireTarget(parts: Parts, id: LooseId, ctx: Context): Promise<Target> {
  const target = await findTarget(parts, id, ctx);
  if (target !== undefined) return target;
  throw notServed(id.apiVersion, id.kind, parts.access.server);
}

async function servedKind(
  { discovery, access }: Parts,
  { apiVersion, kind }: ListQuery,
  ctx: Context,
): Promise<ServedKind> {
  const served = await discovery.find(apiVersion, kind, ctx);
  if (served === undefined) throw notServed(apiVersion, kind, access.server);
  return served;
}
