import {
  ForgeError,
  diagnosticsOf,
  failed,
  isObject,
  ok,
  type Diagnostic,
  type Json,
  type JsonObject,
  type Result,
} from '@cluster-forge/base';
import type { Cel, Scope } from '@cluster-forge/base/cel/cel';
import { interpolate } from '@cluster-forge/base/cel/interpolate';
import type { Path } from '@cluster-forge/base/path';
import type { YamlDocument } from '@cluster-forge/base/yaml/yaml';
import { smeltErrors } from './errors.ts';

/** Marks a node that `$when` dropped. */
const dropped = Symbol('dropped');
type Evaluated = Json | typeof dropped;

interface Walk {
  readonly document: YamlDocument;
  readonly cel: Cel;
  readonly problems: Diagnostic[];
}

/**
 * Evaluates one template document: to no value (`$when` is false), one, or several (`$each`).
 * - `${{ cel }}` in any string or key; a string that is one expression keeps the type of its result.
 * - `$when: <cel>` in a map drops the map: a document, a list item, or a field.
 * - `$each: {in: <cel list>, as: name}` in a document or list item repeats it for each element, seen as `name`; `$when` beside it filters.
 * All problems at once, each with file, line and column.
 */
export function evaluateTemplate(document: YamlDocument, scope: Scope, cel: Cel): Result<readonly Json[]> {
  const walk: Walk = { document, cel, problems: [] };
  const values = repeat(document.value, [], { scope, walk });
  return walk.problems.length > 0 ? failed(walk.problems) : ok(values);
}

interface At {
  readonly scope: Scope;
  readonly walk: Walk;
}

/** The values a document or list item stands for. */
function repeat(node: Json, path: Path, { scope, walk }: At): readonly Json[] {
  if (!isObject(node) || !Object.hasOwn(node, '$each')) return kept(evaluate(node, path, { scope, walk }));
  const { $each, ...body } = node;
  const loop = readEach($each ?? null, [...path, '$each'], { scope, walk });
  return loop.items.flatMap((item) => kept(evaluate(body, path, { scope: { ...scope, [loop.as]: item }, walk })));
}

function kept(value: Evaluated): readonly Json[] {
  return value === dropped ? [] : [value];
}

function evaluate(node: Json, path: Path, at: At): Evaluated {
  if (typeof node === 'string') return evaluateText(node, path, at);
  if (typeof node !== 'object' || node === null) return node;
  if (isObject(node)) return evaluateMap(node, path, at);
  return node.flatMap((item, index) => repeat(item, [...path, index], at));
}

function evaluateMap(map: JsonObject, path: Path, at: At): Evaluated {
  if (Object.hasOwn(map, '$each')) return misused([...path, '$each'], '`$each` stands in a field', at.walk);
  if (Object.hasOwn(map, '$when') && !holds(map['$when'] ?? null, [...path, '$when'], at)) return dropped;
  const entries = Object.entries(map).flatMap(([key, value]): readonly [string, Json][] => {
    if (key === '$when') return [];
    if (key.startsWith('$each') || key.startsWith('$when')) misused([...path, key], `\`${key}\` is not known`, at.walk);
    const name = evaluateText(key, [...path, key], at);
    const evaluated = evaluate(value, [...path, key], at);
    return evaluated === dropped ? [] : [[typeof name === 'string' ? name : JSON.stringify(name), evaluated]];
  });
  return Object.fromEntries(entries);
}

function evaluateText(text: string, path: Path, { scope, walk }: At): Json {
  const result = interpolate(text, scope, { cel: walk.cel, where: () => walk.document.where(path) });
  if (result.ok) return result.value;
  walk.problems.push(...result.failure);
  return null;
}

function holds(condition: Json, path: Path, { scope, walk }: At): boolean {
  if (typeof condition === 'boolean') return condition;
  if (typeof condition !== 'string') {
    misused(path, '`$when` is no expression', walk);
    return false;
  }
  return attempt(path, walk, () => walk.cel.compile(condition).test(scope)) ?? false;
}

interface Loop {
  readonly items: readonly Json[];
  readonly as: string;
}

function readEach(each: Json, path: Path, { scope, walk }: At): Loop {
  const none = { items: [], as: '' };
  const { in: list, as } = isObject(each) ? each : {};
  if (!isObject(each) || typeof as !== 'string' || list === undefined || Object.keys(each).length !== 2) {
    misused(path, '`$each` needs exactly `in` and `as`', walk);
    return none;
  }
  if (!/^[A-Za-z_]\w*$/.test(as)) {
    misused([...path, 'as'], `${JSON.stringify(as)} is no name for expressions`, walk);
    return none;
  }
  const items =
    typeof list === 'string' ? attempt([...path, 'in'], walk, () => walk.cel.compile(list).evaluate(scope)) : list;
  if (items === undefined) return none;
  if (Array.isArray(items)) return { items, as };
  misused([...path, 'in'], '`in` gives no list', walk);
  return none;
}

/** The value of `work`; undefined when it failed, and the problem is then noted with its place. */
function attempt<T>(path: Path, walk: Walk, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    walk.problems.push(
      ...diagnosticsOf(error).map((diagnostic) => ({ ...diagnostic, where: walk.document.where(path) })),
    );
    return undefined;
  }
}

function misused(path: Path, what: string, walk: Walk): null {
  walk.problems.push(
    smeltErrors.E_SMELT_TEMPLATE.diagnostic({
      what,
      why: '`$when` takes a CEL condition in any map; `$each` takes {in: <CEL list>, as: name} in a document or list item',
      where: walk.document.where(path, 'key'),
      fix: 'write `$each: {in: values.items, as: item}` or `$when: params.size != "small"`',
    }),
  );
  return null;
}
