import type { Json } from '../json.ts';
import type { Marks } from './convert.ts';
import { readPlain } from './plain-scalar.ts';

/** A value found in the text, and where it ends. */
export interface Found {
  readonly value: Json;
  readonly marks: Marks;
  readonly end: number;
}

/** Thrown where text is not simple; the full parser then reads the file. Carries nothing: no one sees it. */
export class NotSimple extends Error {}

export function notSimple(): never {
  throw new NotSimple();
}

const maxDepth = 40;
const simplePlain = /[A-Za-z0-9_./$+-][^,[\]{}#:"'&*!|>%@`?\\\n]*/y;

/** A quoted scalar on one line, without escapes other than `''`. */
export function readQuoted(text: string, at: number): Found {
  const quote = text[at];
  let end = at + 1;
  for (; ; end++) {
    const char = text[end];
    if (char === undefined || char === '\n' || (char === '\\' && quote === '"')) notSimple();
    if (char !== quote) continue;
    if (quote === "'" && text[end + 1] === "'") end++;
    else break;
  }
  const inside = text.slice(at + 1, end);
  return { value: quote === "'" ? inside.replaceAll("''", "'") : inside, marks: { value: at }, end: end + 1 };
}

/** A flow list, map, quoted or plain scalar inside a flow collection that begins and ends on one line. */
export function readFlow(text: string, at: number, depth = 0): Found {
  if (depth > maxDepth) notSimple();
  const char = text[at];
  if (char === '[') return readFlowList(text, at, depth);
  if (char === '{') return readFlowMap(text, at, depth);
  if (char === '"' || char === "'") return readQuoted(text, at);
  return readFlowPlain(text, at);
}

function readFlowPlain(text: string, at: number): Found {
  simplePlain.lastIndex = at;
  const raw = simplePlain.exec(text)?.[0];
  if (raw === undefined || /^[-.](?:\s|$|\.)/.test(raw)) return notSimple();
  const next = text[at + raw.length];
  if (next !== ',' && next !== ']' && next !== '}' && next !== ':') notSimple();
  const source = raw.trimEnd();
  const value = readPlain(source);
  return { value: value === undefined ? notSimple() : value, marks: { value: at }, end: at + source.length };
}

function readFlowList(text: string, at: number, depth: number): Found {
  const value: Json[] = [];
  const children = new Map<string | number, Marks>();
  let next = skipSpaces(text, at + 1);
  while (text[next] !== ']') {
    const item = readFlow(text, next, depth + 1);
    children.set(value.length, item.marks);
    value.push(item.value);
    next = afterItem(text, item.end, ']');
  }
  return { value, marks: { value: at, children }, end: next + 1 };
}

function readFlowMap(text: string, at: number, depth: number): Found {
  const value: Record<string, Json> = {};
  const children = new Map<string | number, Marks>();
  let next = skipSpaces(text, at + 1);
  while (text[next] !== '}') {
    const key = text[next] === '"' || text[next] === "'" ? readQuoted(text, next) : readFlowPlain(text, next);
    const name = nameOf(key, text, next);
    if (text[key.end] !== ':' || text[key.end + 1] !== ' ' || Object.hasOwn(value, name)) notSimple();
    const item = readFlow(text, skipSpaces(text, key.end + 1), depth + 1);
    value[name] = item.value;
    children.set(name, { ...item.marks, key: next });
    next = afterItem(text, item.end, '}');
  }
  return { value, marks: { value: at, children }, end: next + 1 };
}

/** Keys are text as written; null and `__proto__` need a closer look. */
function nameOf(key: Found, text: string, at: number): string {
  const name = typeof key.value === 'string' ? key.value : text.slice(at, key.end);
  return key.value === null || name === '__proto__' || name === '<<' || name === '' ? notSimple() : name;
}

function afterItem(text: string, at: number, close: string): number {
  const next = skipSpaces(text, at);
  if (text[next] === close) return next;
  return text[next] === ',' ? skipSpaces(text, next + 1) : notSimple();
}

function skipSpaces(text: string, at: number): number {
  let next = at;
  while (text[next] === ' ') next++;
  return next;
}
