import { isObject, type Json } from '@cluster-forge/base';
import { checkList, checkObject } from './collections.ts';
import { checkNumber, checkString, isQuantity, shorten } from './scalars.ts';
import type { Dialect, Schema, Violation, Visit } from './schema.ts';

/**
 * What the API server would refuse of a value by its schema: types, required and unknown fields, enums, formats, limits, repeated list items,
 * combinations. An interpreter: nothing is compiled. CEL rules (`x-kubernetes-validations`) and the Go code behind built-in kinds are left to
 * the API server. Violations come in the order of the document.
 */
export function validate(value: Json, schema: Schema, dialect: Dialect, path = ''): readonly Violation[] {
  const found: Violation[] = [];
  visitNode(value, schema, path, { dialect, declares: true, found });
  return found;
}

interface Walk {
  readonly dialect: Dialect;
  readonly declares: boolean;
  readonly found: Violation[];
}

function visitNode(value: Json, written: Schema, path: string, walk: Walk): void {
  const schema = written.$ref === undefined ? written : walk.dialect.resolve(written.$ref);
  if (schema === undefined) return;
  const visit: Visit = {
    path,
    dialect: walk.dialect,
    declares: walk.declares,
    report: (violation) => walk.found.push(violation),
    descend: (part, inner, at) => visitNode(part, inner, at, walk),
  };
  if (value === null) return checkNull(schema, visit);
  if (!checkType(value, schema, visit)) return;
  if (schema.enum !== undefined) checkEnum(value, schema.enum, visit);
  if (typeof value === 'string') checkString(value, schema, visit);
  else if (typeof value === 'number') checkNumber(value, schema, visit);
  else if (Array.isArray(value)) checkList(value, schema, visit);
  else if (isObject(value)) checkObject(value, schema, visit);
  if (schema.allOf ?? schema.anyOf ?? schema.oneOf ?? schema.not) checkCombination(value, schema, path, walk);
}

/** Go structs read null as absent. Custom resources keep it where it is `nullable` and drop it where there is a default. */
function checkNull(schema: Schema, visit: Visit): void {
  const wanted = wantedType(schema);
  const accepted = schema.nullable === true || schema.default !== undefined || wanted === undefined;
  if (visit.dialect.kind === 'builtin' || accepted) return;
  visit.report({ path: visit.path, kind: 'type', problem: `must be ${wanted.title}, not null` });
}

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'a boolean',
  object: 'a map',
  array: 'a list',
};

function checkType(value: Json, schema: Schema, visit: Visit): boolean {
  const wanted = wantedType(schema);
  if (wanted === undefined || wanted.test(value)) return true;
  const fix = fixOf(value, schema);
  const problem = `must be ${wanted.title}, not ${describe(value)}`;
  visit.report({ path: visit.path, kind: 'type', problem, ...(fix === undefined ? {} : { fix }) });
  return false;
}

interface Wanted {
  readonly title: string;
  readonly test: (value: Json) => boolean;
}

const INT_OR_STRING: Wanted = {
  title: 'an integer or a string',
  test: (value) => typeof value === 'string' || Number.isInteger(value),
};
const QUANTITY: Wanted = { title: 'a quantity such as 100m, 2 or 4Gi', test: isQuantity };
const TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  array: (value) => Array.isArray(value),
};

function wantedType(schema: Schema): Wanted | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return INT_OR_STRING;
  if (schema.format === 'quantity') return QUANTITY;
  const test = schema.type === undefined ? undefined : TESTS[schema.type];
  return schema.type === undefined || test === undefined
    ? undefined
    : { title: ARTICLES[schema.type] ?? schema.type, test };
}

function describe(value: Json): string {
  if (typeof value === 'string') return `the string "${shorten(value)}"`;
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  return Array.isArray(value) ? 'a list' : 'a map';
}

function fixOf(value: Json, schema: Schema): string | undefined {
  if (schema.type === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `put it in quotes: "${value}"`;
  if (typeof value === 'string' && (schema.type === 'integer' || schema.type === 'boolean')) return 'remove the quotes';
  return undefined;
}

/** Go reads an empty enumerated string as not set. */
function checkEnum(value: Json, allowed: readonly Json[], visit: Visit): void {
  if (value === '' && visit.dialect.kind === 'builtin') return;
  const text = JSON.stringify(value);
  if (allowed.some((one) => JSON.stringify(one) === text)) return;
  visit.report({
    path: visit.path,
    kind: 'enum',
    problem: `${shorten(text)} is not allowed`,
    fix: `use one of: ${allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ')}`,
  });
}

function checkCombination(value: Json, schema: Schema, path: string, walk: Walk): void {
  const failures = (part: Schema) => {
    const found: Violation[] = [];
    visitNode(value, part, path, { ...walk, declares: false, found });
    return found;
  };
  for (const part of schema.allOf ?? []) walk.found.push(...failures(part));
  const report = (problem: string) => walk.found.push({ path, kind: 'combination', problem });
  const fits = (parts: readonly Schema[]) => parts.filter((part) => failures(part).length === 0).length;
  if (schema.anyOf !== undefined && fits(schema.anyOf) === 0)
    report(`fits none of ${schema.anyOf.length} alternatives${firstOf(schema.anyOf, failures)}`);
  const exact = schema.oneOf === undefined ? 1 : fits(schema.oneOf);
  if (exact !== 1)
    report(
      `must fit exactly one of ${schema.oneOf?.length} alternatives, fits ${exact}${firstOf(schema.oneOf ?? [], failures)}`,
    );
  if (schema.not !== undefined && failures(schema.not).length === 0)
    report('has a combination of fields that is forbidden');
}

function firstOf(parts: readonly Schema[], failures: (part: Schema) => readonly Violation[]): string {
  const reasons = parts.flatMap((part) => failures(part).slice(0, 1)).map(({ path, problem }) => `${path} ${problem}`);
  return reasons.length === 0 ? '' : `: ${reasons.slice(0, 3).join('; ')}`;
}
