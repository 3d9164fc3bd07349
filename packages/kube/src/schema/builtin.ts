import { readFileSync } from 'node:fs';
import { groupOf } from '../object.ts';
import type { Dialect, Schema } from './schema.ts';

/** A kind that the API server itself serves, in one version. */
export interface BuiltinKind {
  /** Name in URLs: `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly schema: Schema;
}

type Entry = readonly [resource: string, namespaced: 0 | 1, schema: string];

interface KindsFile {
  readonly version: string;
  readonly kinds: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}

/** Generated data, read when first asked for: 5 kB for all scopes, then one file for each API version in use. */
const files = new Map<string, unknown>();

/** The kind as API servers of `builtinVersion` serve it; undefined when they do not. Reads generated files, once each. */
export function builtinKind(apiVersion: string, kind: string): BuiltinKind | undefined {
  const entry = kindsFile().kinds[apiVersion]?.[kind];
  if (entry === undefined) return undefined;
  const [resource, namespaced, reference] = entry;
  return { resource, namespaced: namespaced === 1, schema: { $ref: reference } };
}

/** Every version in which a kind of this group is served: for messages. */
export function builtinVersions(group: string, kind: string): readonly string[] {
  const { kinds } = kindsFile();
  return Object.keys(kinds).filter(
    (apiVersion) => kinds[apiVersion]?.[kind] !== undefined && groupOf(apiVersion) === group,
  );
}

let groups: ReadonlySet<string> | undefined;

/** Groups the API server serves itself, the core group '' included. */
export function builtinGroups(): ReadonlySet<string> {
  groups ??= new Set(Object.keys(kindsFile().kinds).map(groupOf));
  return groups;
}

/** Kinds of one API version: for suggestions. */
export function builtinKinds(apiVersion: string): readonly string[] {
  return Object.keys(kindsFile().kinds[apiVersion] ?? {});
}

/** `v1.36.3`: the API server that the schemas were read from. */
export function builtinVersion(): string {
  return kindsFile().version;
}

/** How built-in kinds are validated. */
export const builtinDialect: Dialect = { kind: 'builtin', resolve: definition };

function definition(reference: string): Schema | undefined {
  const [file = '', name = ''] = reference.split('/');
  // The files are written by scripts/generate-schemas.ts in this shape.
  return (read(file) as Readonly<Record<string, Schema>>)[name];
}

function kindsFile(): KindsFile {
  // As above.
  return read('kinds') as KindsFile;
}

function read(name: string): unknown {
  let content = files.get(name);
  if (content === undefined) {
    content = JSON.parse(readFileSync(new URL(`generated/${name}.json`, import.meta.url), 'utf8'));
    files.set(name, content);
  }
  return content;
}
