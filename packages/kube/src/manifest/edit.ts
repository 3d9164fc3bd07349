import { isObject, type Json, type JsonObject } from '@cluster-forge/base';
import { fieldAt } from '../object.ts';
import { readGoYaml } from './go-yaml.ts';
import { headOf, readHead, type Head } from './head.ts';
import type { Manifest } from './manifest.ts';
import { printString, printYaml } from './print-yaml.ts';
import { findIdentity } from './sections.ts';

/** What to put into an object's metadata. Labels and annotations overwrite those of the same key; a namespace is set only where there is none. */
export interface MetadataEdit {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * The manifest's text with the metadata changed. Lines are put into the text as it stands, comments and all; only where the metadata is written in
 * an unusual way is the object read and printed anew. Each line edit is proven by reading the head again. Throws E_MANIFEST_YAML for unreadable text.
 */
export function editMetadata(
  manifest: Pick<Manifest, 'text' | 'id' | 'labels' | 'annotations' | 'origin'>,
  edit: MetadataEdit,
): string {
  const needed = neededEdit(manifest, edit);
  if (needed === undefined) return manifest.text;
  const edited = editLines(manifest.text, needed);
  if (edited !== undefined && isAsWanted(edited, manifest, needed)) return edited;
  return editObject(manifest, needed);
}

interface NeededEdit {
  readonly namespace: string | undefined;
  readonly labels: readonly (readonly [string, string])[];
  readonly annotations: readonly (readonly [string, string])[];
}

function neededEdit(
  { id, labels, annotations }: Pick<Manifest, 'id' | 'labels' | 'annotations'>,
  edit: MetadataEdit,
): NeededEdit | undefined {
  const needed: NeededEdit = {
    namespace: id.namespace === undefined ? edit.namespace : undefined,
    labels: differing(labels, edit.labels),
    annotations: differing(annotations, edit.annotations),
  };
  const isEmpty = needed.namespace === undefined && needed.labels.length === 0 && needed.annotations.length === 0;
  return isEmpty ? undefined : needed;
}

function differing(
  present: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> = {},
): [string, string][] {
  return Object.entries(wanted).filter(([key, value]) => present[key] !== value);
}

/** undefined: the metadata is not plain block style with its children on lines of their own. */
function editLines(text: string, edit: NeededEdit): string | undefined {
  const section = findIdentity(text)?.metadata;
  if (section === undefined) return undefined;
  const [first = '', ...rest] = text.slice(section.start, section.end).split('\n');
  const indent = /^( +)[^ #]/.exec(rest.find((line) => /^ +[^ #\r]/.test(line)) ?? '')?.[1];
  if (!/^metadata:[ ]*(?:#.*)?\r?$/.test(first) || indent === undefined) return undefined;
  const eol = first.endsWith('\r') ? '\r' : '';
  const withMaps = (['annotations', 'labels'] as const).reduce<readonly string[] | undefined>(
    (lines, key) =>
      lines === undefined || edit[key].length === 0
        ? lines
        : insertEntries(lines, { key, entries: edit[key], indent, eol }),
    rest,
  );
  if (withMaps === undefined) return undefined;
  const namespace = edit.namespace === undefined ? [] : [`${indent}${line({ namespace: edit.namespace })}${eol}`];
  const metadata = [first, ...namespace, ...withMaps].join('\n');
  return text.slice(0, section.start) + metadata + text.slice(section.end);
}

interface Insertion {
  readonly key: 'labels' | 'annotations';
  readonly entries: readonly (readonly [string, string])[];
  readonly indent: string;
  readonly eol: string;
}

/** Adds entries to a map of the metadata, and the map when there is none. undefined where the map is written in an unusual way. */
function insertEntries(
  lines: readonly string[],
  { key, entries, indent, eol }: Insertion,
): readonly string[] | undefined {
  const at = lines.findIndex((text) => text.startsWith(`${indent}${key}:`));
  if (at === -1) {
    const added = entries.map(([name, value]) => `${indent}  ${line({ [name]: value })}${eol}`);
    return [`${indent}${key}:${eol}`, ...added, ...lines];
  }
  const child = /^ +(?=[^ #\r])/.exec(lines[at + 1] ?? '')?.[0];
  const isBlock = (lines[at] ?? '').slice(indent.length).trim() === `${key}:`;
  if (!isBlock || child === undefined || child.length <= indent.length) return undefined;
  const added = entries.map(([name, value]) => `${child}${line({ [name]: value })}${eol}`);
  return [...lines.slice(0, at + 1), ...added, ...lines.slice(at + 1)];
}

/** `key: value`, quoted where needed, always on one line. */
function line(entry: Readonly<Record<string, string>>): string {
  return Object.entries(entry)
    .map(([key, value]) => `${printString(key)}: ${printString(value)}`)
    .join('');
}

/** The head of the edited text says exactly what was wanted, and the rest of the head what it said before. A key given twice proves an override, which lines cannot do. */
function isAsWanted(edited: string, before: Head, edit: NeededEdit): boolean {
  const overrides = (['labels', 'annotations'] as const).some((key) =>
    edit[key].some(([name]) => Object.hasOwn(before[key], name)),
  );
  const value = overrides ? undefined : readHead(edited);
  if (value === undefined) return false;
  const after = headOf(value);
  const wanted = {
    id: { ...before.id, ...(edit.namespace === undefined ? {} : { namespace: edit.namespace }) },
    labels: { ...before.labels, ...Object.fromEntries(edit.labels) },
    annotations: { ...before.annotations, ...Object.fromEntries(edit.annotations) },
  };
  return isSame(after, wanted);
}

function isSame(left: Head, right: Head): boolean {
  const flat = ({ id, labels, annotations }: Head) =>
    JSON.stringify([id, labels, annotations].map((map) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))));
  return flat(left) === flat(right);
}

function editObject({ text, origin }: Pick<Manifest, 'text' | 'origin'>, edit: NeededEdit): string {
  const object = readGoYaml(text, origin ?? {});
  const metadata = fieldAt(object, 'metadata');
  if (!isObject(object) || !isObject(metadata)) return text;
  return printYaml({
    ...object,
    metadata: {
      ...metadata,
      ...(edit.namespace === undefined ? {} : { namespace: edit.namespace }),
      ...merged(metadata, 'labels', edit.labels),
      ...merged(metadata, 'annotations', edit.annotations),
    },
  });
}

function merged(metadata: JsonObject, key: string, entries: NeededEdit['labels']): Record<string, Json> {
  if (entries.length === 0) return {};
  const present = metadata[key];
  return { [key]: { ...(isObject(present) ? present : {}), ...Object.fromEntries(entries) } };
}
