import { isObject, type Json } from '@cluster-forge/base';
import type { Manifest } from '../manifest/manifest.ts';
import { fieldAt } from '../object.ts';
import { scanFields } from './line-scan.ts';

/** What a CustomResourceDefinition says about its kind, without its schemas. */
export interface CrdHead {
  readonly group: string;
  readonly kind: string;
  /** Name in URLs, such as `certificates`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** In the order of the file. */
  readonly versions: readonly CrdVersion[];
  /** The Service that converts between versions; absent when versions differ in name only. */
  readonly converter?: { readonly namespace: string; readonly name: string };
}

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly hasStatus: boolean;
}

const known = new WeakMap<Manifest, CrdHead | false>();

/** True for objects `readCrdHead` can read. */
export function isCrd(manifest: Manifest): boolean {
  return manifest.id.kind === 'CustomResourceDefinition' && manifest.id.apiVersion.startsWith('apiextensions.k8s.io/');
}

/**
 * Reads the head of a CRD by a scan of its shallow lines: schemas, nine tenths of all bytes of a platform, stay text. Unusual layouts (flow
 * style, anchors, escapes) are read by the full parser instead. undefined: not a CRD, or one without group, kind, scope and versions.
 * Throws E_MANIFEST_YAML when the full parser is needed and refuses.
 */
export function readCrdHead(manifest: Manifest): CrdHead | undefined {
  if (!isCrd(manifest)) return undefined;
  let head = known.get(manifest);
  if (head === undefined) {
    head = fromLines(manifest.text) ?? fromObject(manifest.object) ?? false;
    known.set(manifest, head);
  }
  return head === false ? undefined : head;
}

/** Deepest path read: `spec.conversion.webhook.clientConfig.service.name`. */
const LIMITS = { maxDepth: 5, opaque: new Set(['versions.schema']) };
const CONVERTER = 'conversion.webhook.clientConfig.service';

/** undefined where a needed value is missing or is not a scalar that means itself. */
function fromLines(text: string): CrdHead | undefined {
  const fields = new Map<string, string>();
  const versions = new Map<number, Map<string, string>>();
  for (const { path, item, value } of scanFields(text, 'spec', LIMITS)) {
    if (item === undefined) fields.set(path, value);
    else versions.set(item, (versions.get(item) ?? new Map<string, string>()).set(path, value));
  }
  const [group, kind, plural, scope] = ['group', 'names.kind', 'names.plural', 'scope'].map((key) =>
    scalar(fields, key),
  );
  const read = fields.get('versions') === '' ? [...versions.values()].flatMap(scannedVersion) : [];
  const odd = (fields.get('conversion') ?? '') !== '' || read.length < versions.size;
  if (!group || !kind || !plural || !scope || read.length === 0 || odd) return undefined;
  const converter = converterOf(scalar(fields, `${CONVERTER}.namespace`), scalar(fields, `${CONVERTER}.name`));
  return { group, kind, plural, namespaced: scope === 'Namespaced', versions: read, ...converter };
}

/** One version, or nothing when a field of it is missing or odd; then the counts differ and the full parser decides. */
function scannedVersion(fields: ReadonlyMap<string, string>): readonly CrdVersion[] {
  const [name, served, storage] = ['name', 'served', 'storage'].map((key) => scalar(fields, `versions.${key}`));
  if (!name || !served || !storage) return [];
  const hasStatus =
    fields.has('versions.subresources.status') || (fields.get('versions.subresources') ?? '').includes('status');
  return [{ name, served: served === 'true', storage: storage === 'true', hasStatus }];
}

/** Text of a scalar that means itself, quoted or not; undefined where YAML would do more than strip quotes. */
function scalar(fields: ReadonlyMap<string, string>, path: string): string | undefined {
  const value = fields.get(path) ?? '';
  const quoted = /^'([^'\\]*)'\s*(?:#.*)?$/.exec(value) ?? /^"([^"\\]*)"\s*(?:#.*)?$/.exec(value);
  if (quoted !== null) return quoted[1];
  const plain = /^([A-Za-z0-9][\w.-]*)\s*(?:#.*)?$/.exec(value);
  return plain?.[1];
}

function fromObject(object: Json): CrdHead | undefined {
  const spec = fieldAt(object, 'spec');
  const text = (...path: readonly string[]) => {
    const value = fieldAt(spec, ...path);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [group, kind, plural, scope] = [text('group'), text('names', 'kind'), text('names', 'plural'), text('scope')];
  const list = fieldAt(spec, 'versions');
  if (!group || !kind || !plural || !scope || !Array.isArray(list)) return undefined;
  const service = ['conversion', 'webhook', 'clientConfig', 'service'];
  const converter = converterOf(text(...service, 'namespace'), text(...service, 'name'));
  return { group, kind, plural, namespaced: scope === 'Namespaced', versions: list.flatMap(versionOf), ...converter };
}

function versionOf(version: Json): readonly CrdVersion[] {
  const name = fieldAt(version, 'name');
  if (typeof name !== 'string') return [];
  const flag = (field: string) => fieldAt(version, field) === true;
  return [
    {
      name,
      served: flag('served'),
      storage: flag('storage'),
      hasStatus: isObject(fieldAt(version, 'subresources', 'status')),
    },
  ];
}

function converterOf(namespace: string | undefined, name: string | undefined): Pick<CrdHead, 'converter'> {
  return namespace === undefined || name === undefined ? {} : { converter: { namespace, name } };
}
