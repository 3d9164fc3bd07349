import type { Json } from '@cluster-forge/base';
import type { Schema, Visit } from './schema.ts';

/** Length, pattern and format of a string. Lengths count characters, not UTF-16 units. */
export function checkString(value: string, schema: Schema, visit: Visit): void {
  const limit = (problem: string) => visit.report({ path: visit.path, kind: 'limit', problem });
  const length = schema.minLength === undefined && schema.maxLength === undefined ? 0 : Array.from(value).length;
  if (schema.minLength !== undefined && length < schema.minLength)
    limit(`must have at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined && length > schema.maxLength)
    limit(`must have at most ${schema.maxLength} characters`);
  if (schema.pattern !== undefined && compiled(schema.pattern)?.test(value) === false)
    limit(`must match ${schema.pattern}`);
  const format = schema.format === undefined ? undefined : FORMATS[schema.format];
  if (format !== undefined && !format.test(value)) {
    visit.report({ path: visit.path, kind: 'format', problem: `"${shorten(value)}" is not ${format.title}` });
  }
}

/** Range of a number, and of the Go type that takes it: the API server wraps what does not fit round without a word. */
export function checkNumber(value: number, schema: Schema, visit: Visit): void {
  const limit = (problem: string) => visit.report({ path: visit.path, kind: 'limit', problem });
  const { minimum, maximum, multipleOf } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    limit(`must be ${schema.exclusiveMinimum === true ? 'more than' : 'at least'} ${minimum}`);
  }
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    limit(`must be ${schema.exclusiveMaximum === true ? 'less than' : 'at most'} ${maximum}`);
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) limit(`must be a multiple of ${multipleOf}`);
  const small = schema.format === 'int32' || schema['x-kubernetes-int-or-string'] === true;
  if (small && (value < -(2 ** 31) || value >= 2 ** 31)) limit('must fit into 32 bits');
}

interface Format {
  readonly title: string;
  readonly test: (value: string) => boolean;
}

const byPattern = (title: string, pattern: RegExp): Format => ({ title, test: (value) => pattern.test(value) });

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const dateTime = byPattern(
  'a time such as 2026-01-31T12:00:00Z',
  /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/,
);

/** The formats that API servers check and that we check as they do; others say something to people only. */
const FORMATS: Readonly<Record<string, Format>> = {
  byte: { title: 'base64', test: (value) => isBase64(value.replaceAll(/[\r\n]/g, '')) },
  date: byPattern('a date such as 2026-01-31', /^\d{4}-\d\d-\d\d$/),
  'date-time': dateTime,
  datetime: dateTime,
  ipv4: byPattern('an IPv4 address', new RegExp(`^${octet}(?:\\.${octet}){3}$`)),
  uuid: byPattern('a UUID', /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
};

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

/** A resource quantity, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export function isQuantity(value: Json): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'string' && QUANTITY.test(value.trim());
}

const QUANTITY = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+|[KMGTPE]i|[numkMGTPE])?$/;

const patterns = new Map<string, RegExp | undefined>();

/** Go's syntax is nearly JavaScript's; a pattern that is not is left to the API server. */
function compiled(pattern: string): RegExp | undefined {
  if (!patterns.has(pattern)) patterns.set(pattern, compile(pattern));
  return patterns.get(pattern);
}

function compile(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      continue;
    }
  }
  return undefined;
}

export function shorten(value: string): string {
  return value.length > 60 ? `${value.slice(0, 57)}...` : value;
}
