import type { Document, YAMLParseError } from 'yaml';
import type { Diagnostic, Where } from '../error.ts';
import type { Json } from '../json.ts';
import type { Path } from '../path.ts';
import { convert, type Converted, type Finding, type Marks } from './convert.ts';
import { yamlErrors } from './errors.ts';
import { yamlLibrary } from './library.ts';
import { defaultLimits, exceededLimit, type YamlLimits } from './limits.ts';
import { readSimple } from './simple.ts';

/** One document of an authored file. */
export interface YamlDocument {
  readonly value: Json;
  /**
   * Place of a field: its value, or its key with `'key'`. A path that does not exist gives the place of its nearest existing parent, so that
   * "missing field" errors point at the map that lacks it.
   */
  readonly where: (path: Path, part?: 'key' | 'value') => Where;
}

export interface ParsedYaml {
  /** Documents in order, empty ones left out. Present for broken files too, as far as they could be read. */
  readonly documents: readonly YamlDocument[];
  /** Errors and warnings, each with file, line and column. With an error among them the documents must not be used. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a YAML file that a person wrote (YAML 1.2, JSON values only). Duplicate keys, tags, bombs and values that JSON cannot hold are errors;
 * `__proto__` is an ordinary key. Manifests that tools rendered are read elsewhere, as Go reads them.
 */
export function parseYaml(text: string, file: string, limits: YamlLimits = defaultLimits): ParsedYaml {
  const refused = exceededLimit(text, limits);
  if (refused !== undefined)
    return { documents: [], diagnostics: [yamlErrors.E_YAML_LIMIT.diagnostic({ ...refused, where: { file } })] };
  const source: Source = { file, text, lines: lineCounter(text) };
  const simple = readSimple(text);
  if (simple !== undefined) return { documents: [documentOf(simple, source)], diagnostics: [] };
  const parsed = yamlLibrary().parseAllDocuments(text, {
    schema: 'core',
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // An empty file has no documents and comes back as an empty list with properties of its own.
  const documents = Array.isArray(parsed) ? parsed : [];
  const read = documents.map((document) => readDocument(document, source, limits));
  const isEmpty = ({ document, diagnostics }: (typeof read)[number]) =>
    document.value === null && diagnostics.length === 0;
  const kept = read.length === 1 ? read : read.filter((one) => !isEmpty(one));
  return {
    documents: kept.map(({ document }) => document),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  };
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: () => readonly number[];
}

function readDocument(
  document: Document.Parsed,
  source: Source,
  limits: YamlLimits,
): { document: YamlDocument; diagnostics: readonly Diagnostic[] } {
  if (document.errors.length > 0) {
    const empty = { value: null, where: () => ({ file: source.file }) };
    return {
      document: empty,
      diagnostics: firstOfEachLine(document.errors.map((error) => syntaxDiagnostic(error, source))),
    };
  }
  const converted = convert(document, limits);
  const tags = document.warnings.map((warning) => tagDiagnostic(warning.message, warning.pos[0], source));
  return {
    document: documentOf(converted, source),
    diagnostics: [...tags, ...converted.findings.map((finding) => findingDiagnostic(finding, source))],
  };
}

function documentOf({ value, marks }: Converted, source: Source): YamlDocument {
  return { value, where: (path, part = 'value') => placeOf(path, part, { marks, source }) };
}

function placeOf(path: Path, part: 'key' | 'value', { marks, source }: { marks: Marks; source: Source }): Where {
  let at: Marks = marks;
  let isExact = true;
  for (const step of path) {
    const next = at.children?.get(step);
    if (next === undefined) {
      isExact = false;
      break;
    }
    at = next;
  }
  // A map that lacks a field is best shown by its own key.
  const offset = part === 'key' || !isExact ? (at.key ?? at.value) : at.value;
  return positionOf(offset, source);
}

function positionOf(offset: number, { file, lines }: Source): Where {
  const starts = lines();
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** Offsets at which lines begin, found when the first place is asked for. */
function lineCounter(text: string): () => readonly number[] {
  let starts: number[] | undefined;
  return () => {
    if (starts !== undefined) return starts;
    starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  };
}

function findingDiagnostic({ factory, severity, problem, offset, related }: Finding, source: Source): Diagnostic {
  const located = {
    ...problem,
    where: positionOf(offset, source),
    ...(related === undefined ? {} : { related: [positionOf(related, source)] }),
  };
  return severity === 'error' ? factory.diagnostic(located) : factory.warning(located);
}

function tagDiagnostic(message: string, offset: number, source: Source): Diagnostic {
  const tag = message.split(' ').at(-1) ?? '';
  return yamlErrors.E_YAML_TAG.diagnostic({
    what: `YAML tag ${tag} is not supported`,
    why: 'files of this project hold plain data',
    fix: 'remove the tag; for a computed value write ${{ expression }}',
    where: positionOf(offset, source),
  });
}

/** Advice for what people get wrong most; the library's own words for the rest. */
const advice: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'put text that contains ": " in quotes, and nested maps on lines of their own',
  MULTILINE_IMPLICIT_KEY: 'put the key and its colon on one line, and check the indentation of the line before',
  BAD_INDENT: 'align the line with its neighbours and close every bracket that was opened',
  MISSING_CHAR: 'add the missing character; every key needs a colon and every quote its partner',
  BAD_SCALAR_START: 'put the text in quotes',
  UNEXPECTED_TOKEN: 'check quotes and indentation here; a quote inside quoted text must be doubled or escaped',
};

function syntaxDiagnostic(error: YAMLParseError, source: Source): Diagnostic {
  const isDeep = error.message.includes('call stack');
  const where = positionOf(Math.min(error.pos[0], source.text.length), source);
  if (isDeep)
    return yamlErrors.E_YAML_LIMIT.diagnostic({
      what: 'the file is nested too deeply',
      fix: 'check that this is the right file',
      where,
    });
  return yamlErrors.E_YAML_SYNTAX.diagnostic({
    what: `not valid YAML: ${error.message.slice(0, 1).toLowerCase()}${error.message.slice(1)}`,
    fix: advice[error.code] ?? 'correct the file here; an editor with YAML support shows the structure',
    where,
  });
}

/** Later errors on a line, and more than three in all, mostly follow from the first. */
function firstOfEachLine(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byLine = new Map<number | undefined, Diagnostic>();
  for (const diagnostic of diagnostics)
    if (!byLine.has(diagnostic.where?.line)) byLine.set(diagnostic.where?.line, diagnostic);
  return [...byLine.values()].slice(0, 3);
}
