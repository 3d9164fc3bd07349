import type { Json } from '@cluster-forge/base';
import { fieldAt } from '@cluster-forge/kube/object';
import { builtinDialect, builtinKind } from '@cluster-forge/kube/schema/builtin';
import type { CrdHead } from '@cluster-forge/kube/schema/crd-head';
import type { Dialect, Schema } from '@cluster-forge/kube/schema/schema';
import type { Member, ObjectSet } from '../objects/set.ts';

/** What is known of the kind of an object. */
export type KnownKind =
  | { readonly from: 'builtin'; readonly namespaced: boolean; readonly schema: Schema }
  | { readonly from: 'crd'; readonly namespaced: boolean; readonly head: CrdHead; readonly crd: Member };

/** Schemas of built-in kinds and of the CRDs in the set. */
export interface SchemaBook {
  readonly kindOf: (member: Member) => KnownKind | undefined;
  /** Schema of a custom resource in its own version; parses the CRD once. undefined where the CRD has none. */
  readonly customSchema: (member: Member) => Schema | undefined;
}

/** How custom resources are validated. */
export const customDialect: Dialect = { kind: 'custom', resolve: builtinDialect.resolve };

/** Looks kinds up; `builtin` is a port for tests. */
export function schemaBook(set: ObjectSet, builtin: typeof builtinKind = builtinKind): SchemaBook {
  const schemas = new Map<string, Schema | undefined>();
  return {
    kindOf: ({ id, kind }) => {
      const known = builtin(id.apiVersion, id.kind);
      if (known !== undefined) return { from: 'builtin', namespaced: known.namespaced, schema: known.schema };
      const found = set.crds.get(kind);
      return found && { from: 'crd', namespaced: found.head.namespaced, head: found.head, crd: found.member };
    },
    customSchema: ({ id, kind }) => {
      const key = `${kind} ${id.apiVersion}`;
      if (!schemas.has(key)) schemas.set(key, readSchema(set.crds.get(kind)?.member, versionOf(id.apiVersion)));
      return schemas.get(key);
    },
  };
}

export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/**
 * The root of a custom resource is an embedded resource whose metadata the CRD's schema hardly describes; status is dropped on apply. Both are
 * left open here; metadata is checked against the schema of all metadata.
 */
function readSchema(crd: Member | undefined, version: string): Schema | undefined {
  const versions = crd === undefined ? undefined : fieldAt(crd.manifest.object, 'spec', 'versions');
  const found = Array.isArray(versions) ? versions.find((one: Json) => fieldAt(one, 'name') === version) : undefined;
  const schema = fieldAt(found, 'schema', 'openAPIV3Schema');
  if (typeof schema !== 'object' || schema === null) return undefined;
  // The API server accepts no CRD whose schema has another shape; one that has is refused on apply.
  const root = schema as Schema;
  const open: Schema = { 'x-kubernetes-preserve-unknown-fields': true };
  const text: Schema = { type: 'string' };
  return { ...root, properties: { ...root.properties, apiVersion: text, kind: text, metadata: open, status: open } };
}
