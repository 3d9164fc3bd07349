import type { KubeObject } from '../object.ts';
import type { Target } from './write.ts';

/** Resource versions seen in answers, so that an apply that changes nothing is told from one that does. */
export interface Versions {
  get(target: Target): string | undefined;
  learn(object: KubeObject): void;
  forget(target: Target): void;
}

/** Keyed by uid through the last name it had; holds one short text an object. */
export function createVersions(): Versions {
  const known = new Map<string, string>();
  return {
    get: ({ id, kind, namespace }) =>
      known.get(keyOf(id.apiVersion, { kind: id.kind, namespace: kind.namespaced ? namespace : '', name: id.name })),
    learn(object) {
      const { name, namespace, resourceVersion } = object.metadata;
      if (typeof resourceVersion !== 'string') return;
      known.set(
        keyOf(object.apiVersion, {
          kind: object.kind,
          namespace: typeof namespace === 'string' ? namespace : '',
          name,
        }),
        resourceVersion,
      );
    },
    forget: ({ id, kind, namespace }) =>
      void known.delete(
        keyOf(id.apiVersion, { kind: id.kind, namespace: kind.namespaced ? namespace : '', name: id.name }),
      ),
  };
}

function keyOf(
  apiVersion: string,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`;
}
