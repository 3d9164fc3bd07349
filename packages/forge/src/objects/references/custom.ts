import { isObject, type Json } from '@cluster-forge/base';
import type { KubeObject } from '@cluster-forge/kube/object';
import { type Reference, reference, textAt } from './reference.ts';

/** Deeper fields of a custom resource are not searched. */
const MAX_DEPTH = 12;

const SOURCES = [
  { pattern: /^(?:.*S|s)ecret(?:Name|Ref|KeyRef|KeySelector)?$/, kind: 'Secret' },
  { pattern: /^(?:.*C|c)onfigMap(?:Name|Ref|KeyRef|KeySelector)?$/, kind: 'ConfigMap' },
] as const;

/**
 * Custom resources name Secrets and ConfigMaps under field names of their own. These are guesses by field name (`adminSecretName: x`,
 * `secretRef: {name: x}`), so they order objects that exist and never make a name dangling.
 */
export function customReferences(object: KubeObject, namespace: string | undefined): readonly Reference[] {
  return search(object['spec'], 'spec', namespace, MAX_DEPTH);
}

function search(
  value: Json | undefined,
  path: string,
  namespace: string | undefined,
  depth: number,
): readonly Reference[] {
  if (depth === 0) return [];
  if (Array.isArray(value))
    return value.flatMap((item, index) => search(item, `${path}[${index}]`, namespace, depth - 1));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => [
    ...guess(key, field, `${path}.${key}`, namespace),
    ...search(field, `${path}.${key}`, namespace, depth - 1),
  ]);
}

function guess(key: string, field: Json, path: string, namespace: string | undefined): readonly Reference[] {
  const source = SOURCES.find(({ pattern }) => pattern.test(key));
  if (source === undefined) return [];
  const name = typeof field === 'string' && field !== '' ? field : textAt(field, 'name');
  const target = textAt(field, 'namespace') ?? namespace;
  return reference(name, {
    kind: source.kind,
    namespace: target,
    path,
    reason: `custom resource names the ${source.kind}`,
    optional: true,
  });
}
