import { isAbsolute } from 'node:path';
import { isIP } from 'node:net';
import { authorizationFor, type Credential } from '../fetch/credentials.ts';
import { judgeAddresses, type Resolve } from '../fetch/resolve.ts';
import { showUrl } from '../fetch/show-url.ts';
import { gitErrors } from './errors.ts';

/** A repository that may be read. */
export interface Remote {
  /** Without user information. */
  readonly url: string;
  /** For output. */
  readonly shown: string;
  readonly protocol: 'https' | 'http' | 'file';
  /** Settings for this repository only, handed over in the environment: command lines are seen by everybody on a computer. */
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

export interface RemotePorts {
  readonly allowPrivate?: boolean | readonly string[];
  readonly allowInsecure?: boolean;
  readonly credentials?: readonly Credential[];
  readonly resolve: Resolve;
}

/**
 * Judges an address and prepares its use: only https (with `allowInsecure` also http and local directories), only public addresses unless allowed. The
 * address that was judged is the one that git connects to, and redirects are not followed.
 */
export async function openRemote(text: string, ports: RemotePorts): Promise<Remote> {
  if (isAbsolute(text) || text.startsWith('file:')) return localRemote(text, ports);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw refused(text, 'it is not an https address');
  if (url.protocol === 'http:' && ports.allowInsecure !== true)
    throw refused(text, 'http can be changed on the way by anybody');
  const authorization = authorizationFor(url, ports.credentials ?? []);
  const pinned = await pinnedAddress(url, ports);
  url.username = '';
  url.password = '';
  url.hash = '';
  return {
    url: url.href,
    shown: showUrl(url),
    protocol: url.protocol === 'https:' ? 'https' : 'http',
    settings: {
      'http.followRedirects': 'false',
      ...(pinned === undefined ? {} : { 'http.curloptResolve': pinned }),
      ...(authorization === undefined
        ? {}
        : { [`http.${url.origin}/.extraHeader`]: `Authorization: ${authorization}` }),
    },
    secrets: authorization === undefined ? [] : [authorization, authorization.split(' ')[1] ?? ''],
  };
}

/** Environment of every git that talks to a remote. */
export function gitEnvironment(remote?: Remote): Record<string, string> {
  const settings = Object.entries({ ...fixedSettings, ...remote?.settings });
  const numbered = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    GIT_ALLOW_PROTOCOL: remote?.protocol ?? 'none',
    // A home without .netrc and .git-credentials: only credentials that were given to us are sent.
    HOME: '/nonexistent',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(numbered),
  };
}

/** What keeps a repository inert, whatever it or an old mirror contains. */
const fixedSettings: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.protectHFS': 'true',
  'core.protectNTFS': 'true',
  'transfer.fsckObjects': 'true',
  'fetch.recurseSubmodules': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'credential.helper': '',
  'safe.directory': '*',
};

function localRemote(text: string, ports: RemotePorts): Remote {
  if (ports.allowInsecure !== true) throw refused(text, 'local directories are not allowed here');
  return { url: text, shown: text, protocol: 'file', settings: {}, secrets: [] };
}

/** `host:port:address,...` for curl, or undefined for hosts that are allowed as they are. Throws E_FETCH_ADDRESS. */
async function pinnedAddress(url: URL, ports: RemotePorts): Promise<string | undefined> {
  const allowed = ports.allowPrivate ?? false;
  if (typeof allowed === 'boolean' ? allowed : allowed.includes(url.host) || allowed.includes(url.hostname))
    return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses =
    isIP(host) === 0
      ? await ports.resolve(host).catch((error: unknown) => Promise.reject(unknownHost(url, error)))
      : [{ address: host, family: isIP(host) }];
  judgeAddresses(host, addresses);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const list = addresses.map(({ address, family }) => (family === 6 ? `[${address}]` : address)).join(',');
  return isIP(host) === 0 ? `${host}:${port}:${list}` : undefined;
}

function unknownHost(url: URL, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return gitErrors.E_GIT_FETCH(
    {
      what: `cannot find ${showUrl(url)}`,
      why,
      fix: 'check the host name and the network',
      where: { file: showUrl(url) },
    },
    { cause: error },
  );
}

function refused(text: string, why: string): Error {
  const shown = showUrl(text);
  return gitErrors.E_GIT_URL({
    what: `will not use the repository ${JSON.stringify(shown)}`,
    why,
    fix: 'write an address that begins with https://',
    where: { file: shown },
  });
}
