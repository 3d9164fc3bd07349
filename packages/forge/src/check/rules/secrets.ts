import { type Diagnostic, isObject, type Json } from '@cluster-forge/base';
import { fieldAt, printObject } from '@cluster-forge/kube/object';
import { listAt, textAt } from '../../objects/references/reference.ts';
import { type Member, placeOf } from '../../objects/set.ts';
import { containersOf } from '../containers.ts';
import { checkErrors } from '../errors.ts';
import type { CheckRule } from '../rule.ts';

const PASSWORD_KEY = /pass(?:word|wd|phrase)?$|secret[-_]?key$|api[-_]?key$|access[-_]?token$|private[-_]?key$/i;
const WELL_KNOWN =
  /^(?:admin|password|passw0rd|changeme|change-me|secret|default|test|root|guest|postgres|minio(?:admin|123)?|keycloak|letmein|123\d*)+\d*$/i;
const SHORT = 12;

/** Values that should be secret stand in rendered output. Findings name keys and never show a value. */
export const secrets: CheckRule = {
  name: 'secrets',
  check: ({ set }) => set.members.flatMap((member) => [...inSecret(member), ...inEnvironment(member)]),
};

/** Public certificates and empty placeholders, which an operator fills, are fine. */
function inSecret(member: Member): readonly Diagnostic[] {
  if (member.kind !== 'Secret') return [];
  const values = valuesOf(member).filter(({ value }) => value.trim() !== '' && !isPublic(value));
  if (values.length === 0) return [];
  const weak = values.filter(({ key, value }) => PASSWORD_KEY.test(key) && isWeak(value));
  return [
    literal(
      member,
      values.map(({ path }) => path),
    ),
    ...weak.map(({ path }) => weakness(member, path)),
  ];
}

function valuesOf(member: Member): readonly { readonly key: string; readonly path: string; readonly value: string }[] {
  return ['data', 'stringData'].flatMap((field) => {
    const entries = fieldAt(member.manifest.object, field);
    if (!isObject(entries)) return [];
    return Object.entries(entries).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [
            {
              key,
              path: `${field}.${key}`,
              value: field === 'data' ? Buffer.from(value, 'base64').toString('utf8') : value,
            },
          ]
        : [],
    );
  });
}

function isPublic(value: string): boolean {
  return /^-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----/.test(value.trim()) && !value.includes('PRIVATE KEY');
}

function isWeak(value: string): boolean {
  return value.length < SHORT || WELL_KNOWN.test(value);
}

function inEnvironment(member: Member): readonly Diagnostic[] {
  return containersOf(member).flatMap(({ container, path }) =>
    listAt(container, 'env').flatMap((entry: Json, index) => {
      const [name = '', value = ''] = [textAt(entry, 'name'), textAt(entry, 'value')];
      if (!PASSWORD_KEY.test(name) || value === '' || value.startsWith('/') || value.includes('$(')) return [];
      const at = `${path}.env[${index}].value`;
      return [literal(member, [at]), ...(isWeak(value) ? [weakness(member, at)] : [])];
    }),
  );
}

function literal(member: Member, paths: readonly string[]): Diagnostic {
  const [first = ''] = paths;
  return checkErrors.E_CHECK_SECRET_LITERAL.warning({
    what: `${printObject(member.id)} holds secret values in clear: ${paths.join(', ')}`,
    why: 'rendered output goes to git, artifacts and logs',
    fix: 'let a typed secret of the component generate it, or take it from a secret store',
    where: placeOf(member, first),
  });
}

function weakness(member: Member, path: string): Diagnostic {
  return checkErrors.E_CHECK_SECRET_WEAK.warning({
    what: `${printObject(member.id)}: the password in ${path} is well known or shorter than ${SHORT} characters`,
    why: 'it is a default that anybody can guess',
    fix: 'let a typed secret of the component generate it',
    where: placeOf(member, path),
  });
}
