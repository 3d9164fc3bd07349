import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { ErrorFactory, Problem } from '../error.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { yamlErrors } from './errors.ts';
import { yamlLibrary } from './library.ts';
import { tooMuch, type YamlLimits } from './limits.ts';

/** Where a value and, in maps, its key begin: offsets in the text; and the same for what is inside. */
export interface Marks {
  readonly key?: number;
  readonly value: number;
  readonly children?: ReadonlyMap<string | number, Marks>;
}

export interface Finding {
  readonly factory: ErrorFactory;
  readonly severity: 'error' | 'warning';
  readonly problem: Problem;
  readonly offset: number;
  /** Place of the first of two. */
  readonly related?: number;
}

export interface Converted {
  readonly value: Json;
  readonly marks: Marks;
  readonly findings: readonly Finding[];
}

/** Thrown inside this file only: a document that grows beyond its limits is not looked at any further. */
class LimitReached {
  readonly finding: Finding;

  constructor(finding: Finding) {
    this.finding = finding;
  }
}

/** What one node became; `size` counts the values in it, with those that aliases repeat. */
interface Built {
  readonly value: Json;
  readonly marks: Marks;
  readonly size: number;
}

interface State {
  readonly limits: YamlLimits;
  readonly findings: Finding[];
  readonly anchors: Map<string, Built>;
  aliases: number;
  nodes: number;
}

/** Turns a syntax tree into plain data with positions. Never follows an alias twice: the same value is shared. */
export function convert(document: Document.Parsed, limits: YamlLimits): Converted {
  const state: State = { limits, findings: [], anchors: new Map(), aliases: 0, nodes: 0 };
  try {
    const built = build(document.contents, document.range[0], state);
    return { value: built.value, marks: built.marks, findings: state.findings };
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return { value: null, marks: { value: document.range[0] }, findings: [...state.findings, error.finding] };
  }
}

function build(node: Node | null | undefined, offset: number, state: State): Built {
  const at = node?.range?.[0] ?? offset;
  if (yamlLibrary().isAlias(node)) return buildAlias(node, at, state);
  count(1, at, state);
  const built = buildNode(node, at, state);
  const anchor = yamlLibrary().isScalar(node) || yamlLibrary().isCollection(node) ? node.anchor : undefined;
  if (anchor !== undefined) state.anchors.set(anchor, built);
  return built;
}

function buildNode(node: Node | null | undefined, at: number, state: State): Built {
  if (yamlLibrary().isMap(node)) return buildMap(node, at, state);
  if (yamlLibrary().isSeq(node)) return buildList(node, at, state);
  return { value: yamlLibrary().isScalar(node) ? scalarOf(node, at, state) : null, marks: { value: at }, size: 1 };
}

function count(nodes: number, offset: number, state: State): void {
  state.nodes += nodes;
  if (state.nodes > state.limits.nodes)
    stop('the file has too many values', `${state.limits.nodes} are allowed, aliases counted`, offset);
}

function stop(what: string, why: string, offset: number): never {
  throw new LimitReached({ factory: yamlErrors.E_YAML_LIMIT, severity: 'error', problem: tooMuch(what, why), offset });
}

function buildAlias(node: Alias, at: number, state: State): Built {
  state.aliases++;
  if (state.aliases > state.limits.aliases)
    stop('the file has too many aliases', `${state.limits.aliases} are allowed`, at);
  const target = state.anchors.get(node.source);
  if (target === undefined) {
    const why = 'an alias repeats a finished value that an anchor earlier in the same document names';
    report(state, at, {
      what: `alias *${node.source} has no anchor &${node.source} before it`,
      why,
      fix: 'define the anchor first, or write the value out',
    });
    return { value: null, marks: { value: at }, size: 1 };
  }
  count(target.size, at, state);
  return target;
}

function buildList(node: YAMLSeq, at: number, state: State): Built {
  const children = new Map<string | number, Marks>();
  const value: Json[] = [];
  let size = 1;
  for (const [index, item] of node.items.entries()) {
    const built = build(nodeOf(item), at, state);
    value.push(built.value);
    children.set(index, built.marks);
    size += built.size;
  }
  return { value, marks: { value: at, children }, size };
}

function buildMap(node: YAMLMap, at: number, state: State): Built {
  const children = new Map<string | number, Marks>();
  const value: Record<string, Json> = {};
  const merged: JsonObject[] = [];
  let size = 1;
  for (const pair of node.items) {
    const key = keyOf(pair, at, state);
    if (key === undefined) continue;
    const built = build(nodeOf(pair.value), key.offset, state);
    size += built.size;
    const sources = key.isMerge ? mergeSources(built.value) : undefined;
    if (sources !== undefined) merged.push(...sources);
    else if (Object.hasOwn(value, key.name)) reportDuplicate(state, key, children.get(key.name)?.key);
    else {
      define(value, key.name, built.value);
      children.set(key.name, { ...built.marks, key: key.offset });
    }
  }
  for (const source of merged)
    for (const [name, item] of Object.entries(source)) if (!Object.hasOwn(value, name)) define(value, name, item);
  return { value, marks: { value: at, children }, size };
}

/** Parsed documents hold nodes everywhere, which their types do not say. */
function nodeOf(item: unknown): Node | undefined {
  return yamlLibrary().isNode(item) ? item : undefined;
}

interface Key {
  readonly name: string;
  readonly offset: number;
  readonly isMerge: boolean;
}

/** Keys are text as written: `8080: x` has the key "8080". */
function keyOf(pair: Pair, at: number, state: State): Key | undefined {
  const node = nodeOf(pair.key);
  const offset = node?.range?.[0] ?? at;
  if (yamlLibrary().isScalar(node) && node.value !== null) {
    const name = typeof node.value === 'string' ? node.value : (node.source ?? JSON.stringify(node.value));
    return { name, offset, isMerge: name === '<<' && node.type === 'PLAIN' };
  }
  const what = yamlLibrary().isCollection(node) ? 'a list or map cannot be a key' : 'a key is missing or null';
  report(state, offset, { what, why: 'keys are text', fix: 'write the key as text, in quotes if needed' });
  return undefined;
}

/** `<<: *defaults` and `<<: [*a, *b]`; anything else under that key is an ordinary field. */
function mergeSources(value: Json): readonly JsonObject[] | undefined {
  if (isObject(value)) return [value];
  return Array.isArray(value) && value.every(isObject) ? value : undefined;
}

function scalarOf(node: Scalar, at: number, state: State): Json {
  const { value, source = '' } = node;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return numberOf(value, source, at, state);
  const text = typeof value === 'string' ? value : source;
  if (node.type === 'PLAIN' && /^(?:yes|no|on|off)$/i.test(text))
    warnAmbiguous(state, at, `"${text}" is text here, but true or false to YAML 1.1 readers`, text);
  return text;
}

function numberOf(value: number, source: string, at: number, state: State): Json {
  if (!Number.isFinite(value)) {
    report(state, at, { what: `${source} has no counterpart in JSON`, fix: 'write a number, or put it in quotes' });
    return null;
  }
  if (/^[-+]?\d+$/.test(source) && String(value) !== source.replace(/^\+?0*(?=\d)/, '')) {
    report(state, at, {
      what: `${source} has more digits than a number can hold exactly`,
      fix: 'put it in quotes if it is an identifier',
    });
  }
  if (/^[-+]?0\d+$/.test(source))
    warnAmbiguous(state, at, `${source} is ${value} here, but octal to YAML 1.1 readers`, source);
  return value;
}

function warnAmbiguous(state: State, offset: number, what: string, text: string): void {
  const meant = /^\d/.test(text) ? 'write 0o… for octal, or drop the zero' : 'write true or false';
  const problem = { what, fix: `${meant}; put it in quotes if it is text: "${text}"` };
  state.findings.push({ factory: yamlErrors.E_YAML_AMBIGUOUS, severity: 'warning', problem, offset });
}

function report(state: State, offset: number, problem: Problem): void {
  state.findings.push({ factory: yamlErrors.E_YAML_VALUE, severity: 'error', problem, offset });
}

function reportDuplicate(state: State, key: Key, first: number | undefined): void {
  state.findings.push({
    factory: yamlErrors.E_YAML_DUPLICATE_KEY,
    severity: 'error',
    problem: {
      what: `key "${key.name}" appears twice in one map`,
      why: 'only one of the two can count',
      fix: 'remove or rename one of them',
    },
    offset: key.offset,
    ...(first === undefined ? {} : { related: first }),
  });
}

/** A key named `__proto__` becomes an ordinary field, never the prototype. */
function define(target: Record<string, Json>, name: string, value: Json): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  else target[name] = value;
}
