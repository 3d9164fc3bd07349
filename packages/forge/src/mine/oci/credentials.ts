import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, type Context, type Json } from '@cluster-forge/base';
import { run } from '@cluster-forge/base/exec/exec';
import { parseJson } from './parse-json.ts';

/** A user's name and password (or token) for one registry. Never printed. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Credentials as Docker and Helm keep them: `config.json` in `directory`, with helpers (`docker-credential-<name>`) where it names them.
 * undefined: the user has none for this host, or the file cannot be read; then the registry is asked without.
 */
export async function credentialsFor(host: string, directory: string, ctx: Context): Promise<Credentials | undefined> {
  const config = await readConfig(join(directory, 'config.json'));
  if (config === undefined) return undefined;
  const keys = host === 'registry-1.docker.io' || host === 'docker.io' ? ['https://index.docker.io/v1/', host] : [host];
  for (const key of keys) {
    const found = fromAuths(config, key) ?? (await fromHelper(config, key, ctx));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function readConfig(path: string): Promise<Json | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseJson(text);
}

function fromAuths(config: Json, key: string): Credentials | undefined {
  const entry = fieldOf(fieldOf(config, 'auths'), key);
  const auth = fieldOf(entry, 'auth');
  if (typeof auth !== 'string' || auth === '') return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function fromHelper(config: Json, key: string, ctx: Context): Promise<Credentials | undefined> {
  const helper = fieldOf(fieldOf(config, 'credHelpers'), key) ?? fieldOf(config, 'credsStore');
  if (typeof helper !== 'string' || !/^[\w.-]+$/.test(helper)) return undefined;
  try {
    const { stdout } = await run(`docker-credential-${helper}`, ['get'], { stdin: key, timeoutMs: 10_000 }, ctx);
    const answer = parseJson(stdout);
    const [username, password] = [fieldOf(answer, 'Username'), fieldOf(answer, 'Secret')];
    return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined;
  } catch {
    ctx.signal.throwIfAborted();
    // A helper that knows nothing ends with an error, as does one that is not installed.
    return undefined;
  }
}

function fieldOf(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
