import { type Json, type JsonObject, suggest } from '@cluster-forge/base';
import type { Schema, Visit } from './schema.ts';

/** Fields of an object: required ones, known ones, unknown ones. */
export function checkObject(value: JsonObject, schema: Schema, visit: Visit): void {
  const { properties = {}, additionalProperties: more } = schema;
  for (const field of schema.required ?? [])
    if (isMissing(value, field, schema, visit)) visit.report(missing(field, visit));
  for (const [field, part] of Object.entries(value)) {
    const path = pathOf(visit.path, field);
    const own = Object.hasOwn(properties, field) ? properties[field] : undefined;
    if (own !== undefined) visit.descend(part, own, path);
    else if (typeof more === 'object') visit.descend(part, more, path);
    else if (visit.declares && isUnknown(field, schema)) visit.report(unknown(field, path, Object.keys(properties)));
  }
  const count = Object.keys(value).length;
  checkCount(count, { least: schema.minProperties, most: schema.maxProperties, noun: 'entries' }, visit);
}

/** Items of a list, and what makes two of them the same. */
export function checkList(value: readonly Json[], schema: Schema, visit: Visit): void {
  checkCount(value.length, { least: schema.minItems, most: schema.maxItems, noun: 'items' }, visit);
  const { items } = schema;
  if (items !== undefined)
    for (const [index, item] of value.entries()) visit.descend(item, items, `${visit.path}[${index}]`);
  const type = schema['x-kubernetes-list-type'];
  for (const [index, item] of value.entries()) {
    if (item === null && type === 'map')
      visit.report({ path: `${visit.path}[${index}]`, kind: 'type', problem: 'must be a map, not null' });
  }
  if (type === 'map') checkUnique(value, (item) => keyOf(item, schema, visit), visit);
  else if (type === 'set' || schema.uniqueItems === true) checkUnique(value, (item) => JSON.stringify(item), visit);
}

/** A list of maps: items are told apart by their keys, absent ones counting as their default. */
function keyOf(item: Json, schema: Schema, visit: Visit): string {
  const { $ref } = schema.items ?? {};
  const fields = ($ref === undefined ? schema.items : visit.dialect.resolve($ref))?.properties;
  const parts = (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => {
    // Whatever is no map has been reported by its type.
    const value = typeof item === 'object' && item !== null ? (item as JsonObject)[key] : undefined;
    return `${key} ${JSON.stringify(value === undefined ? (fields?.[key]?.default ?? '') : value)}`;
  });
  return parts.join(', ');
}

function checkUnique(value: readonly Json[], keyOfItem: (item: Json) => string, visit: Visit): void {
  const seen = new Map<string, number>();
  for (const [index, item] of value.entries()) {
    const key = keyOfItem(item);
    const before = seen.get(key);
    if (before === undefined) seen.set(key, index);
    else
      visit.report({
        path: `${visit.path}[${index}]`,
        kind: 'duplicate',
        problem: `repeats item ${before} (${key})`,
        fix: 'remove one of the two',
      });
  }
}

function checkCount(
  count: number,
  limit: { readonly least: number | undefined; readonly most: number | undefined; readonly noun: string },
  visit: Visit,
): void {
  const report = (problem: string) => visit.report({ path: visit.path, kind: 'limit', problem });
  if (limit.least !== undefined && count < limit.least)
    report(`must have at least ${limit.least} ${limit.noun}, has ${count}`);
  if (limit.most !== undefined && count > limit.most)
    report(`must have at most ${limit.most} ${limit.noun}, has ${count}`);
}

/** The API server fills in defaults before it looks, and drops nulls of built-in kinds. */
function isMissing(value: JsonObject, field: string, schema: Schema, visit: Visit): boolean {
  const part = Object.hasOwn(value, field) ? value[field] : undefined;
  const fallback = schema.properties?.[field]?.default;
  if (part === undefined) return fallback === undefined;
  return part === null && visit.dialect.kind === 'builtin';
}

function missing(field: string, visit: Visit) {
  return { path: pathOf(visit.path, field), kind: 'required', problem: 'is required', fix: `set ${field}` } as const;
}

function isUnknown(field: string, schema: Schema): boolean {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true) return false;
  if (schema.type !== 'object' && schema.properties === undefined) return false;
  return !(schema['x-kubernetes-embedded-resource'] === true && ['apiVersion', 'kind', 'metadata'].includes(field));
}

function unknown(field: string, path: string, fields: readonly string[]) {
  const fix = suggest(field, fields);
  return { path, kind: 'unknown', problem: 'is no field of this kind', ...(fix === undefined ? {} : { fix }) } as const;
}

/** One step further in the notation of base's `printPath`: `spec.nodeSelector["kubernetes.io/os"]`. */
export function pathOf(parent: string, field: string): string {
  if (/[^\w$-]/.test(field)) return `${parent}[${JSON.stringify(field)}]`;
  return parent === '' ? field : `${parent}.${field}`;
}
