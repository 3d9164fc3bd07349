import { dirname, isAbsolute, join } from 'node:path';
import { isObject, type Json, type Where } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import {
  mergeFiles,
  pathsOf,
  readIfThere,
  type Config,
  type Entry,
  type KubeconfigChoice,
} from './kubeconfig-files.ts';
import { fieldAt } from '../object.ts';

/** Everything needed to talk to one API server. Bytes of certificates are PEM. */
export interface Access {
  readonly contextName: string;
  readonly server: string;
  /** Namespace of the context. */
  readonly namespace: string;
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
    readonly insecure: boolean;
  };
  readonly proxyUrl?: string;
  readonly user: UserAccess;
}

export type UserAccess =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** Read again now and then, for such tokens are renewed in place. */
  | { readonly kind: 'token-file'; readonly path: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** `exec` and `auth-provider`: the official client runs them. `config` is the merged kubeconfig as JSON, which it reads. */
  | { readonly kind: 'external'; readonly config: string; readonly contextName: string; readonly program: string };

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Finds and reads the kubeconfig as kubectl does. Throws E_KUBECONFIG_* with file and path; nothing of a credential is ever in a message. */
export async function readKubeconfig(choice: KubeconfigChoice): Promise<Access> {
  const paths = pathsOf(choice);
  const files = await Promise.all(paths.map(readIfThere));
  const found = files.flatMap((text, index) => (text === undefined ? [] : [{ file: paths[index] ?? '', text }]));
  if (found.length > 0) return accessOf(mergeFiles(found), choice.context);
  if (choice.kubeconfig === undefined && choice.env['KUBERNETES_SERVICE_HOST'] !== undefined)
    return podAccess(choice.env);
  throw errors.E_KUBECONFIG_MISSING({
    what: `there is no kubeconfig at ${paths.join(', ')}`,
    fix: 'name one with --kubeconfig or KUBECONFIG, or start a local cluster with: forge lab up',
    where: { file: paths[0] ?? '' },
  });
}

async function accessOf(config: Config, wanted: string | undefined): Promise<Access> {
  const contextName = wanted ?? config.currentContext;
  if (contextName === undefined) throw missing(config, 'context', 'none is chosen, and there is no current-context');
  const context = config.contexts.get(contextName);
  if (context === undefined) throw missing(config, 'context', `there is no context ${JSON.stringify(contextName)}`);
  const cluster = namedBy(config, context, { contextName, field: 'cluster' });
  const user = namedBy(config, context, { contextName, field: 'user' });
  if (cluster === undefined)
    throw missing(config, 'cluster', `the context ${JSON.stringify(contextName)} names no cluster`);
  const server = requiredServer(cluster);
  const namespace = context.value['namespace'];
  return {
    contextName,
    server,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : 'default',
    tls: await tlsOf(cluster, user),
    ...optionalText(cluster, 'proxy-url', 'proxyUrl'),
    user: userOf(config, user, contextName),
  };
}

function namedBy(
  config: Config,
  context: Entry,
  { contextName, field }: { contextName: string; field: 'cluster' | 'user' },
): Entry | undefined {
  const name = context.value[field];
  if (typeof name !== 'string' || name === '') return undefined;
  const entry = config[`${field}s`].get(name);
  if (entry === undefined)
    throw missing(
      config,
      field,
      `the context ${JSON.stringify(contextName)} names the ${field} ${JSON.stringify(name)}, which is not there`,
    );
  return entry;
}

function missing(config: Config, field: 'context' | 'cluster' | 'user', what: string) {
  const names = [...config[`${field}s`].keys()];
  return errors.E_KUBECONFIG_CONTEXT({
    what,
    fix:
      names.length > 0
        ? `choose one of: ${names.join(', ')}`
        : `add one to the kubeconfig with: kubectl config set-${field}`,
    where: { file: config.files[0] ?? '', path: `${field}s` },
  });
}

function requiredServer({ value, file }: Entry): string {
  const server = value['server'];
  if (typeof server === 'string' && URL.canParse(server) && /^https?:/.test(server)) return server.replace(/\/+$/, '');
  throw errors.E_KUBECONFIG_INVALID({
    what: 'the cluster has no valid server address',
    fix: 'set it to an address such as https://10.0.0.1:6443',
    where: { file, path: 'clusters.cluster.server' },
  });
}

async function tlsOf(cluster: Entry, user: Entry | undefined): Promise<Access['tls']> {
  const [ca, cert, key] = await Promise.all([
    pem(cluster, 'certificate-authority'),
    pem(user, 'client-certificate'),
    pem(user, 'client-key'),
  ]);
  return {
    insecure: cluster.value['insecure-skip-tls-verify'] === true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...optionalText(cluster, 'tls-server-name', 'serverName'),
  };
}

/** `<field>-data` in base64, or a file, relative to the kubeconfig's folder. */
async function pem(entry: Entry | undefined, field: string): Promise<string | undefined> {
  if (entry === undefined) return undefined;
  const data = entry.value[`${field}-data`];
  if (typeof data === 'string' && data !== '')
    return checkedPem(Buffer.from(data, 'base64').toString('utf8'), { file: entry.file, path: `${field}-data` });
  const path = entry.value[field];
  if (typeof path !== 'string' || path === '') return undefined;
  const file = beside(entry, path);
  const text = await readIfThere(file);
  if (text !== undefined) return checkedPem(text, { file });
  throw errors.E_KUBECONFIG_INVALID({
    what: `the file of ${field} is not there: ${file}`,
    fix: 'restore it or correct the path',
    where: { file: entry.file, path: field },
  });
}

function checkedPem(text: string, where: Where): string {
  if (text.includes('-----BEGIN ')) return text;
  throw errors.E_KUBECONFIG_INVALID({
    what: 'a certificate or key is not PEM',
    fix: 'it must hold a block that starts with -----BEGIN',
    where,
  });
}

function beside({ file }: Entry, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

function userOf(config: Config, user: Entry | undefined, contextName: string): UserAccess {
  const value = user?.value ?? {};
  if (isObject(value['exec'])) return external(config, contextName, fieldAt(value, 'exec', 'command'));
  if (isObject(value['auth-provider'])) return external(config, contextName, fieldAt(value, 'auth-provider', 'name'));
  const { token, tokenFile, username, password } = value;
  if (typeof token === 'string' && token !== '') return { kind: 'token', token };
  if (typeof tokenFile === 'string' && user !== undefined) return { kind: 'token-file', path: beside(user, tokenFile) };
  if (typeof username === 'string' && typeof password === 'string') return { kind: 'basic', username, password };
  return { kind: 'none' };
}

function external(config: Config, contextName: string, program: Json | undefined): UserAccess {
  const list = (entries: ReadonlyMap<string, Entry>, inner: string) =>
    [...entries].map(([name, { value }]) => ({ name, [inner]: value }));
  const merged = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: list(config.clusters, 'cluster'),
    users: list(config.users, 'user'),
    contexts: list(config.contexts, 'context'),
  };
  return {
    kind: 'external',
    config: JSON.stringify(merged),
    contextName,
    program: typeof program === 'string' ? program : 'unknown',
  };
}

function optionalText<Name extends string>(
  { value }: Entry,
  field: string,
  name: Name,
): { readonly [key in Name]?: string } {
  const text = value[field];
  // A computed key widens to string; it is exactly `name`.
  return (typeof text === 'string' && text !== '' ? { [name]: text } : {}) as { readonly [key in Name]?: string };
}

/** Inside a pod: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
async function podAccess(env: KubeconfigChoice['env']): Promise<Access> {
  const [ca, namespace] = await Promise.all([
    readIfThere(`${serviceAccount}/ca.crt`),
    readIfThere(`${serviceAccount}/namespace`),
  ]);
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  return {
    contextName: 'in-cluster',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`,
    namespace: namespace?.trim() ?? 'default',
    tls: { insecure: false, ...(ca === undefined ? {} : { ca }) },
    user: { kind: 'token-file', path: `${serviceAccount}/token` },
  };
}
