import type { ForgeError, Json } from '@cluster-forge/base';
import { parseEvents, YAMLException } from 'js-yaml';
import { errors } from '../errors.ts';
import { construct } from './go-construct.ts';
import { indentContinuations } from './go-indent.ts';

export interface GoYamlOptions {
  /** Named in errors. */
  readonly file?: string;
  /** Line of `file` at which the text starts, from 1. Default 1. */
  readonly line?: number;
  /** Duplicate keys are an error, as with `fieldValidation: Strict`. Default: the last one wins, as Go does. */
  readonly strict?: boolean;
  /** Upper limit of the text. Default 16 MiB; the API server itself takes 3 MiB. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 16 * 1024 * 1024;
const maxDepth = 100;

/**
 * Reads one YAML document as sigs.k8s.io/yaml does: what the API server, kubectl, helm and Argo CD make of it. js-yaml finds the structure, the
 * meaning of scalars, keys, tags, merges and aliases is Go's. Blank text is null. Throws E_MANIFEST_YAML with the place, E_MANIFEST_LIMIT for bombs.
 */
export function readGoYaml(text: string, options: GoYamlOptions = {}): Json {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  if (text.length > maxBytes) throw tooLarge(text.length, maxBytes, options);
  const source = withGoLineBreaks(text, options);
  try {
    return construct(source, parseEvents(source, { maxDepth }), options);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const indented = indentContinuations(source);
    if (indented === source) throw broken(error, options);
    return readIndented(indented, error, options);
  }
}

/** Go does not mind where a line inside brackets or quotes starts; the parser does. The first error is told, for it names the text as written. */
function readIndented(indented: string, first: YAMLException, options: GoYamlOptions): Json {
  try {
    return construct(indented, parseEvents(indented, { maxDepth }), options);
  } catch (error) {
    throw error instanceof YAMLException ? broken(first, options) : error;
  }
}

const rareBreaks = /[\u0085\u2028\u2029]/;

/** YAML 1.1 breaks lines at NEL, LS and PS too. Go reads NEL as a newline; for the others nobody writes what Go would make of them, so they are refused. */
function withGoLineBreaks(text: string, options: GoYamlOptions): string {
  if (!rareBreaks.test(text)) return text;
  const at = text.search(/[\u2028\u2029]/);
  if (at === -1) return text.replaceAll('\u0085', '\n');
  throw errors.E_MANIFEST_YAML({
    what: 'the text contains a Unicode line or paragraph separator (U+2028, U+2029)',
    why: 'Kubernetes reads YAML 1.1, where they end a line',
    fix: 'remove it, or write it as "\\L" or "\\P" in double quotes',
    where: placeOf(text.slice(0, at).split('\n').length - 1, 0, options),
  });
}

function broken(error: YAMLException, options: GoYamlOptions): ForgeError {
  const { line = 0, column = 0 } = error.mark ?? {};
  if (/depth|nesting/i.test(error.reason)) {
    return errors.E_MANIFEST_LIMIT({
      what: `the document is nested deeper than ${maxDepth} levels`,
      fix: 'flatten it; no Kubernetes object is that deep',
      where: placeOf(line, column, options),
    });
  }
  return errors.E_MANIFEST_YAML(
    {
      what: `the document is not valid YAML: ${error.reason}`,
      fix: 'correct the line; mind indentation, quotes and colons',
      where: placeOf(line, column, options),
    },
    { cause: error },
  );
}

function tooLarge(size: number, maxBytes: number, options: GoYamlOptions): ForgeError {
  return errors.E_MANIFEST_LIMIT({
    what: `the document has ${size} characters, more than ${maxBytes}`,
    fix: 'split it; the API server takes no object above 3 MiB',
    where: placeOf(0, 0, options),
  });
}

/** `line` and `column` count from 0 within the document. */
function placeOf(line: number, column: number, { file, line: first = 1 }: GoYamlOptions) {
  return { ...(file === undefined ? {} : { file }), line: first + line, column: column + 1 };
}
