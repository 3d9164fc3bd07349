import type { Path } from '@cluster-forge/base';
import type { Scope } from '@cluster-forge/base/cel/cel';
import type { ComponentFiles } from './component-files.ts';
import { evaluateText, holds, withPath } from './evaluation.ts';
import type { SecretKey, SecretSpec } from './platform.ts';
import type { Loading } from './request.ts';
import type { SecretEntry } from './schema/component.ts';

/** The secrets of a component that apply. Values are evaluated; templates stay as they are until the keys exist. */
export function resolveSecrets(
  { main }: ComponentFiles,
  scope: Scope,
  namespace: string,
  loading: Loading,
): readonly SecretSpec[] {
  return Object.entries(main.value.spec.secrets ?? {}).flatMap(([name, secret]) => {
    const at = (...path: Path) => withPath(main.where, ['spec', 'secrets', name, ...path]);
    if (!holds(secret.when, scope, at('when'), loading)) return [];
    const text = (value: string, ...path: Path) => evaluateText(value, scope, at(...path), loading);
    const keys = Object.entries(secret.keys).map(
      ([key, entry]) => [key, toKey(entry, (value) => text(value, 'keys', key, 'value'))] as const,
    );
    return [
      {
        name,
        namespace: secret.namespace === undefined ? namespace : text(secret.namespace, 'namespace'),
        type: secret.type ?? 'Opaque',
        keys: Object.fromEntries(keys),
        where: main.where(['spec', 'secrets', name], 'key'),
      },
    ];
  });
}

function toKey(
  { generate, length, alphabet, value, template }: SecretEntry['keys'][string],
  text: (value: string) => string,
): SecretKey {
  if (template !== undefined) return { template };
  if (generate === undefined) return { value: text(value ?? '') };
  if (generate !== 'password') return { generate };
  return { generate, length: length ?? 32, alphabet: alphabet ?? 'alphanumeric' };
}
