import { Optional } from '@marcbachmann/cel-js';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { Quantity, quantityToJson } from './quantity.ts';
import type { Read } from './reads.ts';

/** JSON has one sort of number, CEL has two. Going in, whole numbers become CEL int (BigInt); coming out, ints become JSON numbers again. */
export type CelValue = unknown;

/** Which parts of a variable an expression reads; `children` absent means all of it. */
export interface Shape {
  readonly name: string;
  readonly children?: readonly Shape[];
}

/** Merges reads into one tree per variable, so that only what is read gets converted. */
export function shapesOf(reads: readonly Read[]): readonly Shape[] {
  return mergeShapes(reads.map(({ root, path }) => [root, ...path]));
}

function mergeShapes(paths: readonly (readonly string[])[]): readonly Shape[] {
  const groups = Map.groupBy(paths, (path) => path[0] ?? '');
  return [...groups].map(([name, group]) => {
    const rests = group.map((path) => path.slice(1));
    return rests.some((rest) => rest.length === 0) ? { name } : { name, children: mergeShapes(rests) };
  });
}

/** The parts of `scope` that `shapes` name, with CEL ints. Absent fields stay absent. */
export function project(
  scope: Readonly<Record<string, Json | undefined>>,
  shapes: readonly Shape[],
): Record<string, CelValue> {
  const out: Record<string, CelValue> = {};
  for (const { name, children } of shapes) {
    // `__proto__` as a key would set the prototype of `out`; no expression can read it either way.
    if (name === '__proto__' || !Object.hasOwn(scope, name)) continue;
    const value = scope[name];
    if (value === undefined) continue;
    out[name] = children !== undefined && isObject(value) ? project(value, children) : toCel(value);
  }
  return out;
}

/** Whole numbers as BigInt, everywhere below. Returns the same object when there are none, so that most data is not copied. */
export function toCel(value: Json): CelValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  return isObject(value) ? mapToCel(value) : listToCel(value);
}

function listToCel(list: readonly Json[]): CelValue {
  let copy: CelValue[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index] ?? null;
    const converted = toCel(item);
    if (converted !== item && copy === undefined) copy = list.slice(0, index);
    copy?.push(converted);
  }
  return copy ?? list;
}

function mapToCel(map: JsonObject): CelValue {
  let copy: Record<string, CelValue> | undefined;
  for (const key of Object.keys(map)) {
    const item = map[key] ?? null;
    const converted = toCel(item);
    if (converted === item) continue;
    copy ??= { ...map };
    copy[key] = converted;
  }
  return copy ?? map;
}

/** A result as JSON: ints as numbers, timestamps as RFC 3339, durations as `1.5s`, bytes as base64, an absent optional as null. Throws RangeError for what JSON cannot hold. */
export function toJson(value: CelValue): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return finite(value);
    case 'bigint':
      return safe(value);
    case 'object':
      return value === null ? null : objectToJson(value);
    default:
      throw new RangeError(`a ${typeof value} has no JSON form`);
  }
}

function objectToJson(value: object): Json {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Optional) return value.hasValue() ? toJson(value.value()) : null;
  if (value instanceof Quantity) return quantityToJson(value);
  if (value instanceof Map) return entriesToJson(value);
  if (value.constructor === Object || value.constructor === undefined) return entriesToJson(Object.entries(value));
  const primitive: unknown = value.valueOf();
  // Unsigned ints unwrap to BigInt; durations and types have a text form of their own.
  return typeof primitive === 'bigint' ? safe(primitive) : (value as { toString(): string }).toString();
}

function entriesToJson(entries: Iterable<readonly [unknown, unknown]>): Json {
  return Object.fromEntries([...entries].map(([key, value]) => [String(key), toJson(value)]));
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError(`${value} has no JSON form`);
}

function safe(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(`${value} is too large for a JSON number; make it text with string()`);
}
