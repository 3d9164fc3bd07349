import type { Json } from '@cluster-forge/base';
import { fieldAt, type KubeObject, objectKey } from '@cluster-forge/kube/object';

/** How far an object must be: accepted, ready by its health rules, or answering requests. */
export type Until = 'applied' | 'ready' | 'serving';

/** One object naming another. Order (plan) and the hunt for names that lead nowhere (check) both read these. */
export interface Reference {
  readonly to: Target;
  /** Field that holds the name, in dotted form: `spec.template.spec.volumes[0].secret.secretName`. */
  readonly path: string;
  /** How far the target must be before the object that names it may begin. */
  readonly until: Until;
  /** For people: `pod mounts the Secret`. */
  readonly reason: string;
  /** The object works without its target: nothing is wrong when no such target exists. */
  readonly optional: boolean;
}

/** The object named, in any version. `namespace` is absent for cluster-scoped kinds. */
export interface Target {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Reads the references of the kinds it is registered for. Never throws: fields of the wrong type are the schema check's business. */
export type ReferenceReader = (object: KubeObject, namespace: string | undefined) => readonly Reference[];

/** Same key as `objectKey` gives for the target's manifest. */
export function targetKey(target: Target): string {
  const apiVersion = target.group === '' ? 'v1' : `${target.group}/v1`;
  const { kind, name, namespace } = target;
  return objectKey(namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name });
}

/** Text at a path; undefined for anything else, the empty string included. */
export function textAt(value: Json | undefined, ...path: readonly (string | number)[]): string | undefined {
  const found = fieldAt(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** List at a path; empty for anything else. */
export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] {
  const found = fieldAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** What a reader says once per kind of reference; `name` undefined means that the field is not set. */
export interface ReferenceSpec {
  readonly group?: string;
  readonly kind: string;
  /** Absent: the target is cluster-scoped, or the object's own namespace is not known. */
  readonly namespace?: string | undefined;
  readonly path: string;
  readonly reason: string;
  readonly until?: Until;
  readonly optional?: boolean;
}

/** One reference, or none when the name is not set. Defaults: core group, until applied, required. */
export function reference(name: string | undefined, spec: ReferenceSpec): readonly Reference[] {
  if (name === undefined) return [];
  const { group = '', kind, namespace, path, reason, until = 'applied', optional = false } = spec;
  const to = namespace === undefined ? { group, kind, name } : { group, kind, namespace, name };
  return [{ to, path, until, reason, optional }];
}
