import { generateKeyPair, randomInt, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { SecretKey, SecretSpec } from '../config/platform.ts';
import { interpolate } from '@cluster-forge/base/cel/interpolate';
import { deployErrors } from './errors.ts';

/** Where random values come from; a port, so that tests can hand in canaries and look for them everywhere. */
export interface SecretSource {
  password(length: number, alphabet: 'alphanumeric' | 'hex' | 'base64url'): string;
  uuid(): string;
  /** Private key as PKCS#8 PEM. */
  privateKey(kind: 'rsa' | 'ed25519'): Promise<string>;
}

const alphabets = {
  alphanumeric: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
} as const;

/** node:crypto. `randomInt` rejects instead of taking a remainder, so every character is equally likely. */
export const cryptoSecrets: SecretSource = {
  password: (length, alphabet) => {
    const characters = alphabets[alphabet];
    return Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join('');
  },
  uuid: () => randomUUID(),
  privateKey: async (kind) => {
    const { privateKey } = await (kind === 'rsa'
      ? promisify(generateKeyPair)('rsa', { modulusLength: 3072 })
      : promisify(generateKeyPair)('ed25519'));
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  },
};

/**
 * Values of a secret's keys, those in `known` left as they are and left out of the answer. Templates come last and see all keys, old and new.
 * Throws E_DEPLOY_SECRET; no message of it ever holds a value.
 */
export async function secretValues(
  spec: SecretSpec,
  known: Readonly<Record<string, string>>,
  source: SecretSource,
): Promise<Readonly<Record<string, string>>> {
  const missing = Object.entries(spec.keys).filter(([key]) => !Object.hasOwn(known, key));
  const made: Record<string, string> = {};
  for (const [key, how] of missing) if (!('template' in how)) made[key] = await valueOf(how, source);
  const filled: Record<string, string> = {};
  for (const [key, how] of missing)
    if ('template' in how) filled[key] = fill(spec, key, how.template, { ...known, ...made });
  return { ...made, ...filled };
}

async function valueOf(how: Exclude<SecretKey, { readonly template: string }>, source: SecretSource): Promise<string> {
  if ('value' in how) return how.value;
  switch (how.generate) {
    case 'password':
      return source.password(how.length, how.alphabet);
    case 'uuid':
      return source.uuid();
    case 'rsa':
    case 'ed25519':
      return source.privateKey(how.generate);
    default:
      return how satisfies never;
  }
}

/** What the evaluator says about a failure may quote its data, so nothing of it is passed on. */
function fill(spec: SecretSpec, key: string, template: string, keys: Readonly<Record<string, string>>): string {
  const result = interpolate(template, { keys });
  if (result.ok && typeof result.value === 'string') return result.value;
  throw deployErrors.E_DEPLOY_SECRET({
    what: `the template of key ${key} in secret ${spec.namespace}/${spec.name} cannot be evaluated`,
    why: 'it may only use keys of the same secret that are not templates, as ${{ keys.other }}',
    fix: `compare its names with the keys of the secret: ${Object.keys(spec.keys).join(', ')}`,
    where: spec.where,
  });
}
