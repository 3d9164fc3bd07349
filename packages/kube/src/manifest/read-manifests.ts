import { ForgeError, isObject, type Diagnostic, type Json, type JsonObject } from '@cluster-forge/base';
import type { KubeObject } from '../object.ts';
import { errors } from '../errors.ts';
import { splitDocuments, type Document } from './documents.ts';
import { readGoYaml } from './go-yaml.ts';
import { asKubeObject, headOf, readHead, type Head } from './head.ts';
import type { Manifest, ManifestOrigin } from './manifest.ts';
import { printYaml } from './print-yaml.ts';

/**
 * All objects of a YAML (or JSON) stream, `List` kinds replaced by their items. `file` is named in origins and errors. Throws one error that carries a
 * diagnostic for each document that is not an object, E_MANIFEST_YAML or E_MANIFEST_LIMIT; bodies are read on first use and may throw then.
 */
export function readManifests(text: string, file: string): readonly Manifest[] {
  const failures: ForgeError[] = [];
  const manifests = splitDocuments(text).documents.flatMap((document) => {
    try {
      return readDocument(document, { file, line: document.line });
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      failures.push(error);
      return [];
    }
  });
  const [first] = failures;
  if (first === undefined) return manifests;
  throw new ForgeError(first.code, first.exit, first.problem, {
    cause: first,
    diagnostics: failures.map(toDiagnostic),
  });
}

/** A manifest of an object made by code. Throws E_MANIFEST_YAML when it lacks an identity, E_MANIFEST_VALUE when it cannot be printed. */
export function manifestOf(object: KubeObject, origin?: ManifestOrigin): Manifest {
  return { text: printYaml(object), object, ...headOf(object, origin), ...(origin === undefined ? {} : { origin }) };
}

/** A manifest of one document's text, such as an edited one. Throws E_MANIFEST_YAML. */
export function manifestOfText(text: string, origin?: ManifestOrigin): Manifest {
  const head = readHead(text) ?? readWhole(text, origin);
  return lazy(text, headOf(head, origin), origin);
}

function readDocument({ text }: Document, origin: ManifestOrigin): readonly Manifest[] {
  const head = readHead(text);
  if (head !== undefined && !isListKind(head)) return [lazy(text, headOf(head, origin), origin)];
  const whole = readWhole(text, origin);
  if (whole === null) return [];
  if (isObject(whole) && isList(whole)) return flattenList(whole, origin);
  return [lazy(text, headOf(whole, origin), origin)];
}

function readWhole(text: string, origin?: ManifestOrigin): Json {
  return readGoYaml(text, origin ?? {});
}

/** The object is read on first use and kept. */
function lazy(text: string, head: Head, origin?: ManifestOrigin): Manifest {
  let object: KubeObject | undefined;
  return {
    text,
    ...head,
    ...(origin === undefined ? {} : { origin }),
    get object() {
      object ??= asKubeObject(readWhole(text, origin), origin);
      return object;
    },
  };
}

const maxListDepth = 8;

/** Items of a List, Lists among them too. Items of a typed list such as RoleList inherit their kind and apiVersion, as in kubectl. */
export function flattenList(list: JsonObject, origin?: ManifestOrigin, depth = 0): readonly Manifest[] {
  if (depth > maxListDepth)
    throw errors.E_MANIFEST_LIMIT({ what: 'Lists are nested too deeply', fix: 'flatten them', where: { ...origin } });
  const items = Array.isArray(list['items']) ? list['items'] : [];
  return items.flatMap((item: Json) => {
    const typed = withListKind(item, list);
    return isObject(typed) && isList(typed)
      ? flattenList(typed, origin, depth + 1)
      : [manifestOf(asKubeObject(typed, origin), origin)];
  });
}

function withListKind(item: Json, list: JsonObject): Json {
  const kind = (typeof list['kind'] === 'string' ? list['kind'] : '').replace(/List$/, '');
  if (!isObject(item) || kind === '' || item['kind'] !== undefined) return item;
  return { apiVersion: list['apiVersion'] ?? null, kind, ...item };
}

function isListKind(head: JsonObject): boolean {
  return typeof head['kind'] === 'string' && head['kind'].endsWith('List');
}

function isList(object: JsonObject): boolean {
  return isListKind(object) && Array.isArray(object['items']);
}

function toDiagnostic({ code, problem }: ForgeError): Diagnostic {
  return { severity: 'error', code, ...problem };
}
