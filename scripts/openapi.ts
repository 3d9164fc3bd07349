import { isObject, type Json, type JsonObject } from '@cluster-forge/base';

/** What is read of an OpenAPI v3 document of the API server. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, { readonly post?: JsonObject }>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonObject>> };
}

/** A built-in kind: plural name in URLs, 1 when its objects live in namespaces, and where its schema lies. */
export type KindEntry = readonly [resource: string, namespaced: 0 | 1, schema: string];
export type Kinds = Readonly<Record<string, Readonly<Record<string, KindEntry>>>>;

/** Every kind that can be created, by apiVersion, sorted. */
export function kindsOf(documents: readonly OpenApiDocument[]): Kinds {
  const kinds = new Map<string, Map<string, KindEntry>>();
  for (const document of documents) {
    for (const [path, { post }] of Object.entries(document.paths)) {
      const found = /^\/apis?\/(?:[^/]+\/)?v[^/]+\/(namespaces\/\{namespace\}\/)?([a-z]+)$/.exec(path);
      const kind = post?.['x-kubernetes-group-version-kind'];
      if (found === null || !isObject(kind)) continue;
      const apiVersion =
        kind['group'] === '' ? text(kind['version']) : `${text(kind['group'])}/${text(kind['version'])}`;
      const schema = schemaOf(document, kind);
      if (schema === undefined) continue;
      const entries = kinds.get(apiVersion) ?? new Map<string, KindEntry>();
      kinds.set(apiVersion, entries.set(text(kind['kind']), [found[2] ?? '', found[1] === undefined ? 0 : 1, schema]));
    }
  }
  const sorted = <Value>(map: ReadonlyMap<string, Value>) =>
    Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(new Map([...kinds].map(([apiVersion, entries]) => [apiVersion, sorted(entries)])));
}

function schemaOf({ components }: OpenApiDocument, kind: JsonObject): string | undefined {
  const found = Object.entries(components?.schemas ?? {}).find(([, schema]) => {
    const kinds = schema['x-kubernetes-group-version-kind'];
    return (
      Array.isArray(kinds) &&
      kinds.length === 1 &&
      kinds.every(
        (one: Json) =>
          isObject(one) &&
          one['kind'] === kind['kind'] &&
          one['version'] === kind['version'] &&
          one['group'] === kind['group'],
      )
    );
  });
  return found === undefined ? undefined : shortName(found[0]);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** `io.k8s.api.core.v1.PodSpec` is `core.v1/PodSpec`: the file that holds it, and its name there. */
function shortName(name: string): string {
  const parts = name.split('.');
  const last = parts.pop() ?? '';
  const versioned = /^v\d/.test(parts.at(-1) ?? '');
  return `${parts.slice(versioned ? -2 : -1).join('.')}/${last}`;
}

/** The definitions that creatable kinds reach, by file: no descriptions, no zero defaults, references shortened. */
export function compactDefinitions(
  documents: readonly OpenApiDocument[],
  kinds: Kinds,
): ReadonlyMap<string, JsonObject> {
  const all = new Map(
    documents.flatMap(({ components }) =>
      Object.entries(components?.schemas ?? {}).map(([name, schema]) => [shortName(name), schema] as const),
    ),
  );
  const reached = new Set(
    Object.values(kinds).flatMap((entries) => Object.values(entries).map(([, , schema]) => schema)),
  );
  const files = new Map<string, Map<string, Json>>();
  // A set can grow while it is walked.
  for (const name of reached) {
    const compact = compactDefinition(name, all.get(name) ?? {});
    for (const reference of JSON.stringify(compact).matchAll(/"\$ref":"([^"]+)"/g)) reached.add(reference[1] ?? '');
    const [file = '', local = ''] = name.split('/');
    files.set(file, (files.get(file) ?? new Map<string, Json>()).set(local, compact));
  }
  return new Map(
    [...files].map(([file, definitions]) => [
      file,
      Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  );
}

/** Scalars whose OpenAPI form says less than the API server knows, and maps of any content. */
function compactDefinition(name: string, schema: JsonObject): Json {
  if (name === 'resource/Quantity') return { format: 'quantity' };
  if (name === 'intstr/IntOrString') return { 'x-kubernetes-int-or-string': true };
  if (
    schema['type'] === 'object' &&
    schema['properties'] === undefined &&
    schema['additionalProperties'] === undefined
  ) {
    return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  }
  return compactSchema(schema, name);
}

const KEPT = ['type', 'format', 'enum', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'];

function compactSchema(schema: JsonObject, owner: string): JsonObject {
  const only = singleReference(schema);
  if (only !== undefined) return { $ref: shortName(only.replace('#/components/schemas/', '')) };
  const properties = isObject(schema['properties']) ? schema['properties'] : undefined;
  const compact: Record<string, Json> = {};
  for (const key of KEPT) if (schema[key] !== undefined) compact[key] = schema[key];
  if (!isZero(schema['default'])) compact['default'] = schema['default'] ?? null;
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((field: Json) => isNeeded(text(field), properties, owner))
    : [];
  if (required.length > 0) compact['required'] = required;
  for (const key of ['items', 'additionalProperties']) {
    const inner = schema[key];
    if (isObject(inner)) compact[key] = compactSchema(inner, owner);
  }
  if (properties !== undefined) {
    compact['properties'] = Object.fromEntries(
      Object.entries(properties).map(([field, inner]) => [field, isObject(inner) ? compactSchema(inner, owner) : {}]),
    );
  }
  return compact;
}

function singleReference(schema: JsonObject): string | undefined {
  const [only] = Array.isArray(schema['allOf']) && schema['allOf'].length === 1 ? schema['allOf'] : [schema];
  const found = isObject(only) ? only['$ref'] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** A required field with a default is filled in; `""`, `0`, `false` and `{}` are no defaults but Go's zero values. */
function isNeeded(field: string, properties: JsonObject | undefined, owner: string): boolean {
  if (NOT_ENFORCED.has(`${owner}.${field}`)) return false;
  const schema = properties?.[field];
  return isZero(isObject(schema) ? schema['default'] : undefined);
}

function isZero(value: Json | undefined): boolean {
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === undefined || value === '' || value === 0 || value === false;
}

/** Fields that OpenAPI calls required and the API server accepts without, found by asking it (test/kube/schema.lab.test.ts). */
const NOT_ENFORCED: ReadonlySet<string> = new Set(['core.v1/LimitRangeSpec.limits']);
