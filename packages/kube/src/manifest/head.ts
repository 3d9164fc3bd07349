import { fieldAt, type KubeObject, type ObjectId } from '../object.ts';
import { isObject, type ForgeError, type Json, type JsonObject } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import type { ManifestOrigin } from './manifest.ts';
import { readGoYaml } from './go-yaml.ts';
import { findIdentity, type IdentitySections } from './sections.ts';

/** What is known of a document without reading its body. */
export interface Head {
  readonly id: ObjectId;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The three parts of a document's head, read; undefined when the document is unusual and must be read as a whole. */
export function readHead(text: string): JsonObject | undefined {
  const sections = findIdentity(text);
  if (sections === undefined) return undefined;
  const head = headText(text, sections);
  // An anchor may be used, and an alias defined, outside the head.
  if (/[&*]/.test(head)) return undefined;
  try {
    const value = readGoYaml(head);
    return isObject(value) ? value : undefined;
  } catch {
    // Only the whole document tells whether this is an error and where.
    return undefined;
  }
}

function headText(text: string, { apiVersion, kind, metadata }: IdentitySections): string {
  return [apiVersion, kind, metadata].map(({ start, end }) => ending(text.slice(start, end))).join('');
}

function ending(section: string): string {
  return section.endsWith('\n') ? section : `${section}\n`;
}

/** Identity, labels and annotations of an object. Throws E_MANIFEST_YAML when it is none. */
export function headOf(object: Json, origin?: ManifestOrigin): Head {
  if (!isObject(object)) throw notAnObject('the document is not a map', origin);
  const apiVersion = requiredText(object, ['apiVersion'], origin);
  const kind = requiredText(object, ['kind'], origin);
  const name = requiredName(object, kind, origin);
  const namespace = optionalText(object, ['metadata', 'namespace'], origin);
  return {
    id: { apiVersion, kind, name, ...(namespace === undefined || namespace === '' ? {} : { namespace }) },
    labels: texts(fieldAt(object, 'metadata', 'labels')),
    annotations: texts(fieldAt(object, 'metadata', 'annotations')),
  };
}

/** The value as an object of Kubernetes. Throws E_MANIFEST_YAML when it is none. */
export function asKubeObject(value: Json, origin?: ManifestOrigin): KubeObject {
  headOf(value, origin);
  // headOf has just made sure of apiVersion, kind and metadata.name.
  return value as KubeObject;
}

function requiredName(object: JsonObject, kind: string, origin?: ManifestOrigin): string {
  const name = optionalText(object, ['metadata', 'name'], origin);
  if (name !== undefined && name !== '') return name;
  const prefix = optionalText(object, ['metadata', 'generateName'], origin);
  if (prefix === undefined) throw notAnObject(`the ${kind} has no metadata.name`, origin, 'metadata.name');
  throw errors.E_MANIFEST_YAML({
    what: `the ${kind} "${prefix}*" has metadata.generateName but no metadata.name`,
    why: 'an object whose name changes with each deploy cannot be compared, applied again or pruned',
    fix: 'give it a metadata.name',
    where: { ...origin, path: 'metadata.generateName' },
  });
}

function requiredText(object: JsonObject, path: readonly string[], origin?: ManifestOrigin): string {
  const text = optionalText(object, path, origin);
  if (text === undefined || text === '')
    throw notAnObject(`the document has no ${path.join('.')}`, origin, path.join('.'));
  return text;
}

function optionalText(object: JsonObject, path: readonly string[], origin?: ManifestOrigin): string | undefined {
  const value = fieldAt(object, ...path);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw errors.E_MANIFEST_YAML({
    what: `${path.join('.')} is ${JSON.stringify(value)}, which is not text`,
    why: 'Kubernetes reads YAML 1.1, where on, yes, 010 and 1.10 are not text',
    fix: 'quote it',
    where: { ...origin, path: path.join('.') },
  });
}

/** Only what is text; the rest is for the checks of the whole object to tell. */
function texts(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function notAnObject(what: string, origin?: ManifestOrigin, path?: string): ForgeError {
  return errors.E_MANIFEST_YAML({
    what,
    why: 'every Kubernetes object names its apiVersion, kind and metadata.name',
    fix: 'correct the document, or remove it from the input',
    where: { ...origin, ...(path === undefined ? {} : { path }) },
  });
}
