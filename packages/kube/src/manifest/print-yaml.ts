import type { Json, JsonObject } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import { resolvePlain } from './go-scalar.ts';

/**
 * Prints a value as block YAML that Go and every YAML 1.2 reader read back to the same value. Keys keep their order, lists stand at the column of
 * their key as kubectl prints them, text with line breaks becomes a literal block where that is exact. Throws E_MANIFEST_VALUE for NaN and infinity.
 */
export function printYaml(value: Json): string {
  const lines: string[] = [];
  printNode(value, '', '', lines);
  return `${lines.join('\n')}\n`;
}

/** `head` is what stands before the value on its first line, such as `name:` or `-`; `indent` is that of the value's own lines. */
function printNode(value: Json, head: string, indent: string, lines: string[]): void {
  if (typeof value === 'object' && value !== null) {
    if (isList(value)) printList(value, head, indent, lines);
    else printMap(value, head, indent, lines);
    return;
  }
  const before = head === '' ? '' : `${head} `;
  if (typeof value === 'string' && isLiteral(value))
    lines.push(`${before}${literalHeader(value)}`, ...literalLines(value, indent));
  else lines.push(before + printScalar(value));
}

function printList(items: readonly Json[], head: string, indent: string, lines: string[]): void {
  if (items.length === 0) {
    lines.push(head === '' ? '[]' : `${head} []`);
    return;
  }
  if (head !== '') lines.push(head);
  for (const item of items) printItem(item, indent, lines);
}

/** A map in a list starts on the line of its dash. */
function printItem(item: Json, indent: string, lines: string[]): void {
  const nested =
    typeof item === 'object' && item !== null && (isList(item) ? item.length > 0 : Object.keys(item).length > 0);
  if (!nested) {
    printNode(item, `${indent}-`, `${indent}  `, lines);
    return;
  }
  const first = lines.length;
  printNode(item, '', `${indent}  `, lines);
  lines[first] = `${indent}- ${(lines[first] ?? '').slice(indent.length + 2)}`;
}

function printMap(map: JsonObject, head: string, indent: string, lines: string[]): void {
  const entries = Object.entries(map);
  if (entries.length === 0) {
    lines.push(head === '' ? `${indent}{}`.trimStart() : `${head} {}`);
    return;
  }
  if (head !== '') lines.push(head);
  for (const [key, value] of entries) {
    const inner = typeof value === 'object' && value !== null && isList(value) ? indent : `${indent}  `;
    printNode(value, printKey(key, indent, lines), inner, lines);
  }
}

/** Keys longer than a parser looks ahead (1024 characters in Go) need the explicit form. */
function printKey(key: string, indent: string, lines: string[]): string {
  const text = printString(key);
  if (text.length < 1000) return `${indent}${text}:`;
  lines.push(`${indent}? ${text}`);
  return `${indent}:`;
}

function printScalar(value: string | number | boolean | null): string {
  if (typeof value === 'string') return printString(value);
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value))
    throw errors.E_MANIFEST_VALUE({ what: `${value} cannot be written into a manifest`, fix: 'use a finite number' });
  return Object.is(value, -0) ? '-0.0' : String(value);
}

/** Text that needs no quotes in any context: no indicator at its start or end, nothing that could end it, and no other meaning in YAML 1.1 or 1.2. */
const plain = /^[A-Za-z0-9_./@%+-][A-Za-z0-9_./@%+=:~()-]*(?: [A-Za-z0-9_./@%+=:~()-]+)*$/;
const startsOddly = /^(?:[-@%.+]|[0-9].*[:_])/;
const otherNumber = /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9][0-9_,.:]*(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9]+)$/;
const endsKey = /:(?: |$)/;

/** Text on one line, as a key or a value: plain where that is safe, else in double quotes. */
export function printString(text: string): string {
  const isPlain =
    plain.test(text) &&
    !startsOddly.test(text) &&
    !endsKey.test(text) &&
    !otherNumber.test(text) &&
    resolvePlain(text).sort === 'string';
  return isPlain ? text : quote(text);
}

/** JSON's quoting, and escapes for what YAML 1.1 does not allow as it is or takes for a line break. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Only printable text, first line not indented, no line that ends in blanks: then a literal block gives it back exactly. */
function isLiteral(text: string): boolean {
  if (!text.includes('\n') || text.length < 2) return false;
  if (/^[\s]/.test(text) || /[ \t]+(?:\n|$)/.test(text)) return false;
  return !/[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|[\u2028\u2029]/u.test(text);
}

function literalHeader(text: string): string {
  if (!text.endsWith('\n')) return '|-';
  return text.endsWith('\n\n') ? '|+' : '|';
}

function literalLines(text: string, indent: string): string[] {
  const inner = indent === '' ? '  ' : indent;
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return body.split('\n').map((line) => (line === '' ? '' : inner + line));
}

/** Array.isArray does not narrow readonly arrays. */
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
