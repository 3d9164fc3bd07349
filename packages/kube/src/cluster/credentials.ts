import { readFile } from 'node:fs/promises';
import type { ForgeError } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import type { Access, UserAccess } from './kubeconfig.ts';

/** What goes along with each request. */
export interface Credentials {
  /** The Authorization header; undefined for certificate users. */
  authorization(nowMs: number): Promise<string | undefined>;
  /** Forgets what is kept, after the server refused it. False when asking again would give the same. */
  renew(): boolean;
}

const keepMs = 60_000;

/** Credentials of a user and, for programs that hand out certificates, the TLS settings they give. Throws E_KUBECONFIG_AUTH. */
export async function credentialsOf(
  access: Access,
): Promise<{ readonly credentials: Credentials; readonly tls: Access['tls'] }> {
  const { user, tls } = access;
  if (user.kind !== 'external') return { credentials: ownCredentials(user), tls };
  const ask = await officialClient(user);
  const first = await ask();
  const given = {
    ...(first.cert === undefined ? {} : { cert: first.cert }),
    ...(first.key === undefined ? {} : { key: first.key }),
  };
  return { credentials: kept(async () => (await ask()).authorization), tls: { ...tls, ...given } };
}

function ownCredentials(user: Exclude<UserAccess, { readonly kind: 'external' }>): Credentials {
  switch (user.kind) {
    case 'none':
      return constant(undefined);
    case 'token':
      return constant(`Bearer ${user.token}`);
    case 'basic':
      return constant(`Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`);
    case 'token-file':
      return kept(async () => `Bearer ${(await readToken(user.path)).trim()}`);
    default:
      return user satisfies never;
  }
}

function constant(header: string | undefined): Credentials {
  return { authorization: () => Promise.resolve(header), renew: () => false };
}

/** Asks at most once a minute; programs keep their own credentials much longer than that. */
function kept(ask: () => Promise<string | undefined>): Credentials {
  let last: { readonly header: Promise<string | undefined>; readonly atMs: number } | undefined;
  return {
    authorization(nowMs) {
      if (last === undefined || nowMs - last.atMs > keepMs) last = { header: ask(), atMs: nowMs };
      return last.header;
    },
    renew() {
      last = undefined;
      return true;
    },
  };
}

async function readToken(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw errors.E_KUBECONFIG_AUTH(
      { what: `the token file cannot be read: ${path}`, why: String(error), fix: 'restore it or correct tokenFile' },
      { cause: error },
    );
  }
}

interface Given {
  readonly authorization: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** Half a second and 120 MB: loaded only for users that need `exec` or OIDC. */
async function officialClient(user: Extract<UserAccess, { readonly kind: 'external' }>): Promise<() => Promise<Given>> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  return async () => {
    const config = new KubeConfig();
    const options: { headers?: Record<string, string>; cert?: unknown; key?: unknown } = {};
    try {
      config.loadFromString(user.config);
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      throw authFailed(user.program, error);
    }
    const authorization = Object.entries(options.headers ?? {}).find(
      ([name]) => name.toLowerCase() === 'authorization',
    )?.[1];
    return { authorization, cert: pemText(options.cert), key: pemText(options.key) };
  };
}

function pemText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}

/** The program's own words may hold a credential, so only the sort of failure is told, and its error is not kept as a cause. */
function authFailed(program: string, error: unknown): ForgeError {
  const isMissing = error instanceof Error && error.message.includes('ENOENT');
  return errors.E_KUBECONFIG_AUTH({
    what: `the credential program ${JSON.stringify(program)} of the kubeconfig user ${isMissing ? 'is not installed' : 'failed'}`,
    fix: isMissing
      ? 'install it or correct the path in the kubeconfig'
      : 'run any kubectl command with this kubeconfig to see what it says, and sign in again',
  });
}
