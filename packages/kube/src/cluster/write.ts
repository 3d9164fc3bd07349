import { isObject, type Context, type Json } from '@cluster-forge/base';
import { isDeepStrictEqual } from 'node:util';
import { errors } from '../errors.ts';
import { editMetadata } from '../manifest/edit.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { fieldAt, printObject, type KubeObject, type ObjectId } from '../object.ts';
import { statusOf } from './api-error.ts';
import type { Call, Client } from './client.ts';
import type { Applied, ApplyOptions, DeleteOptions, ServedKind } from './cluster.ts';
import { objectPath, collectionPath, queryText } from './paths.ts';
import { getObject, readObject } from './read.ts';
import type { Versions } from './versions.ts';

/** An object's place in a cluster. `namespace` is ignored for cluster-scoped kinds. */
export interface Target {
  readonly kind: ServedKind;
  readonly id: ObjectId;
  readonly namespace: string;
}

/** Server-side apply of the text as it is. Repeating it is harmless, so it is retried like a read. Throws E_APPLY_CONFLICT, E_API_*. */
export async function applyManifest(client: Client, work: ApplyWork, ctx: Context): Promise<Applied> {
  const { target, manifest, options, versions } = work;
  const before = options.dryRun === true ? await getObject(client, target, ctx) : undefined;
  const known = versions.get(target);
  const answer = await client.send(applyCall(client, work), ctx);
  const object = readObject(answer.body, `apply ${printObject(manifest.id)}`);
  const warnings = answer.warnings.length === 0 ? {} : { warnings: answer.warnings };
  if (options.dryRun === true) return { object, change: dryRunChange(before, object), ...warnings };
  versions.learn(object);
  return {
    object,
    change:
      answer.status === 201 ? 'created' : changeOf(object, known, { date: answer.date, manager: client.fieldManager }),
    ...warnings,
  };
}

interface ApplyWork {
  readonly target: Target;
  readonly manifest: Manifest;
  readonly options: ApplyOptions;
  readonly versions: Versions;
}

function applyCall({ fieldManager }: Client, work: ApplyWork): Call {
  const { kind, id, namespace } = work.target;
  const { force = false, dryRun = false, fieldValidation } = work.options;
  const query = queryText({ fieldManager, force, dryRun: dryRun ? 'All' : undefined, fieldValidation });
  return {
    verb: 'apply',
    request: {
      method: 'PATCH',
      path: objectPath(kind, id.name, namespace) + query,
      body: textToApply(work),
      contentType: 'application/apply-patch+yaml',
    },
    action: `apply ${printObject(id)}`,
    sort: `apply ${kind.resource}`,
    isDryRun: dryRun,
    isRepeatable: true,
  };
}

function textToApply({ target, manifest, options }: ApplyWork): string {
  const { labels, annotations } = options;
  return editMetadata(manifest, {
    ...(target.kind.namespaced ? { namespace: target.namespace } : {}),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  });
}

/**
 * Whether an apply changed an object that was there. The resourceVersion known from an earlier answer tells when it is the same. Otherwise somebody
 * else may have changed the object since, so the time of our field manager's entry tells: the server sets it only when our apply changes something.
 * Times are whole seconds; what was changed by us within the last two counts as `configured`.
 */
function changeOf(
  object: KubeObject,
  known: string | undefined,
  { date, manager }: { readonly date: string | undefined; readonly manager: string },
): Applied['change'] {
  if (known !== undefined && known === object.metadata['resourceVersion']) return 'unchanged';
  const entries = fieldAt(object, 'metadata', 'managedFields');
  const time = (Array.isArray(entries) ? entries : [])
    .filter(isObject)
    .find((entry) => entry['manager'] === manager && entry['operation'] === 'Apply')?.['time'];
  const sinceMs = Date.parse(date ?? '') - Date.parse(typeof time === 'string' ? time : '');
  return sinceMs > 2000 ? 'unchanged' : 'configured';
}

/** A dry run keeps the resourceVersion, so what it would change must be looked for. */
function dryRunChange(before: KubeObject | undefined, after: KubeObject): Applied['change'] {
  if (before === undefined) return 'created';
  return isDeepStrictEqual(withoutBookkeeping(before), withoutBookkeeping(after)) ? 'unchanged' : 'configured';
}

function withoutBookkeeping(object: KubeObject): Json {
  const { managedFields: _fields, resourceVersion: _version, generation: _generation, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** False when the object exists. After an answer that never came, the object is read back: equal to what was sent counts as made by us. */
export async function createObject(
  client: Client,
  { target, object }: { readonly target: Target; readonly object: KubeObject },
  ctx: Context,
): Promise<boolean> {
  const { kind, namespace, id } = target;
  const path = collectionPath(kind, namespace) + queryText({ fieldManager: client.fieldManager });
  const call = {
    verb: 'create',
    request: { method: 'POST', path, body: JSON.stringify(object), contentType: 'application/json' },
    action: `create ${printObject(id)}`,
    isRepeatable: false,
  } as const;
  for (let tries = 1; ; tries += 1) {
    try {
      await client.send(call, ctx);
      return true;
    } catch (error) {
      if (statusOf(error)?.reason === 'AlreadyExists') return false;
      if (!isAmbiguous(error)) throw error;
      const found = await getObject(client, target, ctx);
      if (found !== undefined) return isWithin(object, found);
      if (tries >= maxCreateTries) throw error;
    }
  }
}

const maxCreateTries = 4;

function isAmbiguous(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return isObject(cause) && cause['kind'] === 'ambiguous';
}

/** Everything in `part` is in `whole` with the same value; the server adds defaults. Lists must be of one length. */
function isWithin(part: Json, whole: Json | undefined): boolean {
  if (Array.isArray(part))
    return (
      Array.isArray(whole) &&
      part.length === whole.length &&
      part.every((item: Json, index) => isWithin(item, whole[index]))
    );
  if (isObject(part))
    return (
      isObject(whole) &&
      Object.entries(part).every(([key, value]) => key === 'stringData' || isWithin(value, whole[key]))
    );
  return part === whole || (part === null && whole === undefined);
}

/** JSON merge patch. Repeatable: it says what the fields shall be, not how they change. */
export async function patchObject(
  client: Client,
  work: { readonly target: Target; readonly patch: Json; readonly subresource?: string },
  ctx: Context,
): Promise<KubeObject> {
  const { target, patch, subresource } = work;
  const path =
    objectPath(target.kind, target.id.name, target.namespace) +
    (subresource === undefined ? '' : `/${subresource}`) +
    queryText({ fieldManager: client.fieldManager });
  const action = `patch ${subresource === undefined ? '' : `the ${subresource} of `}${printObject(target.id)}`;
  const request = {
    method: 'PATCH',
    path,
    body: JSON.stringify(patch),
    contentType: 'application/merge-patch+json',
  } as const;
  return readObject((await client.send({ verb: 'patch', request, action, isRepeatable: true }, ctx)).body, action);
}

/** False: gone already, or another object has its name. Repeatable only with a uid, for without it a repeat could hit a new object. */
export async function deleteObject(
  client: Client,
  { target, options }: { readonly target: Target; readonly options: DeleteOptions },
  ctx: Context,
): Promise<boolean> {
  const { uid, resourceVersion, propagation } = options;
  const preconditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions,
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
  });
  const request = {
    method: 'DELETE',
    path: objectPath(target.kind, target.id.name, target.namespace),
    body,
    contentType: 'application/json',
  } as const;
  try {
    await client.send(
      { verb: 'delete', request, action: `delete ${printObject(target.id)}`, isRepeatable: uid !== undefined },
      ctx,
    );
    return true;
  } catch (error) {
    const code = statusOf(error)?.code;
    if (code === 404) return false;
    if (code !== 409 || uid === undefined) throw error;
    const found = await getObject(client, target, ctx);
    if (found === undefined || found.metadata['uid'] !== uid) return false;
    throw error;
  }
}

/** What `apply` throws for kinds that the cluster does not serve. */
export function notServed(apiVersion: string, kind: string, server: string) {
  return errors.E_API_KIND({
    what: `${server} does not serve ${kind} in ${apiVersion}`,
    why: 'its CRD is not there or not yet established, or this version of Kubernetes no longer has it',
    fix: 'apply its CRD first, or correct the apiVersion',
  });
}
