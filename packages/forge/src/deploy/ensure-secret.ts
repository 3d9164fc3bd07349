import { ForgeError, isObject, type Context } from '@cluster-forge/base';
import { fieldAt, printObject, type KubeObject } from '@cluster-forge/kube/object';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import type { SecretSpec } from '../config/platform.ts';
import { deployErrors } from './errors.ts';
import { failpoints } from './failpoints.ts';
import type { Journal } from './journal.ts';
import type { Item } from './prepare.ts';
import { secretValues, type SecretSource } from './secret-values.ts';
import { isTransient } from './transient.ts';

export type SecretItem = Item & { readonly what: Extract<Item['what'], { readonly kind: 'secret' }> };

export interface Ensuring {
  readonly cluster: Cluster;
  readonly source: SecretSource;
  /** Asked for only when something has to be written. */
  readonly journal: () => Promise<Journal>;
}

/**
 * Makes sure a generated secret exists with all its keys. It is created or completed, never changed: a key that is there stays, whatever its value, so
 * a password survives every later deploy; a new key of the spec is added to the Secret that is there. Values live only in this call and in the
 * request it sends; errors are rewritten so that no server message that might quote one gets out.
 */
export async function ensureSecret(
  item: SecretItem,
  { cluster, source, journal }: Ensuring,
  ctx: Context,
): Promise<'created' | 'completed' | 'kept'> {
  const { spec } = item.what;
  const live = await cluster.get(item.id, ctx);
  if (live === undefined) {
    const values = await secretValues(spec, {}, source);
    await intent(await journal(), item);
    if (await guarded(item, () => cluster.create(secretObject(item, values), ctx)))
      return confirm(await journal(), item, 'created');
    // Somebody made it in between: complete theirs.
    return ensureSecret(item, { cluster, source, journal }, ctx);
  }
  const known = knownValues(live);
  const missing = Object.keys(spec.keys).filter((key) => !Object.hasOwn(known, key));
  if (missing.length === 0) return 'kept';
  const values = await secretValues(spec, known, source);
  await intent(await journal(), item);
  const patch = { metadata: { resourceVersion: live.metadata['resourceVersion'] ?? null }, data: encoded(values) };
  await guarded(item, () => cluster.patch(item.id, patch, {}, ctx));
  return confirm(await journal(), item, 'completed');
}

async function intent(journal: Journal, item: SecretItem): Promise<void> {
  await journal.write({ kind: 'intent', operation: 'secret', key: item.key });
  await failpoints.hit('secret.before');
}

async function confirm<T>(journal: Journal, item: SecretItem, result: T): Promise<T> {
  await failpoints.hit('secret.after');
  journal.note({ kind: 'confirm', operation: 'secret', key: item.key });
  return result;
}

/** Passing failures keep their code, so that they are tried again; of all others only the code is told. */
async function guarded<T>(item: SecretItem, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    const problem = {
      what: `cannot write ${printObject(item.id)} (${error.code})`,
      why: 'the API server refused it; its message is not shown because it may quote values',
      fix: 'check that the namespace exists and that you may create secrets in it: kubectl auth can-i create secrets',
    };
    if (isTransient(error)) throw new ForgeError(error.code, error.exit, problem);
    throw deployErrors.E_DEPLOY_SECRET({ ...problem, where: item.what.spec.where });
  }
}

function secretObject({ id, labels, what }: SecretItem, values: Readonly<Record<string, string>>): KubeObject {
  const { name, namespace, type }: SecretSpec = what.spec;
  return {
    apiVersion: id.apiVersion,
    kind: id.kind,
    metadata: { name, namespace, labels },
    type,
    data: encoded(values),
  };
}

function knownValues(live: KubeObject): Readonly<Record<string, string>> {
  const data = fieldAt(live, 'data');
  const entries = Object.entries(isObject(data) ? data : {});
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      Buffer.from(typeof value === 'string' ? value : '', 'base64').toString('utf8'),
    ]),
  );
}

function encoded(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
  );
}
