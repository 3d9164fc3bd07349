import type { Problem } from '../error.ts';
import { yamlLibrary } from './library.ts';

/** What an authored file may use at most. All are far beyond what people write and keep hostile files cheap. */
export interface YamlLimits {
  readonly sizeBytes: number;
  readonly depth: number;
  readonly aliases: number;
  /** Values in the document, counting what aliases repeat. */
  readonly nodes: number;
}

export const defaultLimits: YamlLimits = { sizeBytes: 5 * 1024 * 1024, depth: 100, aliases: 100, nodes: 1_000_000 };

/** Refuses a file before it is parsed, when parsing it would cost too much. Undefined when it may be parsed. */
export function exceededLimit(text: string, limits: YamlLimits): Problem | undefined {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > limits.sizeBytes)
    return tooMuch(`the file has ${sizeBytes} bytes`, `${limits.sizeBytes} are allowed`);
  const { separators, mayBeDeep } = scan(text, limits.depth);
  if (separators > limits.nodes) return tooMuch('the file has too many values', `${limits.nodes} are allowed`);
  if (mayBeDeep && isDeeper(text, limits.depth))
    return tooMuch('the file is nested too deeply', `${limits.depth} levels are allowed`);
  return undefined;
}

export function tooMuch(what: string, why: string): Problem {
  return { what, why, fix: 'check that this is the right file; split it if it is' };
}

/** One cheap pass: separators bound the number of values, brackets and indentation bound the depth, both from above. */
function scan(text: string, depth: number): { readonly separators: number; readonly mayBeDeep: boolean } {
  let separators = 0;
  let flow = 0;
  let indent = 0;
  let inIndent = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 44) separators++;
    if (code === 91 || code === 123) flow++;
    else if ((code === 93 || code === 125) && flow > 0) flow--;
    if (code === 10) [indent, inIndent] = [0, true];
    else if (inIndent && (code === 32 || code === 45 || code === 63)) indent++;
    else inIndent = false;
    if (flow + indent > depth) return { separators: separators + countSeparators(text, at + 1), mayBeDeep: true };
  }
  return { separators, mayBeDeep: false };
}

function countSeparators(text: string, from: number): number {
  let count = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 44) count++;
  }
  return count;
}

/** Exact answer from the tokens: open brackets plus columns at which blocks are open. */
function isDeeper(text: string, depth: number): boolean {
  const columns: number[] = [];
  let flow = 0;
  let column = 0;
  let startsBlock = true;
  for (const token of new (yamlLibrary().Lexer)().lex(text)) {
    if (token === '[' || token === '{') flow++;
    else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
    else if (startsBlock && flow === 0 && token.trim() !== '' && !token.startsWith('#')) openBlock(columns, column);
    if (flow + columns.length > depth) return true;
    startsBlock = token === '-' || token === '?' || (startsBlock && token.trim() === '') || token.endsWith('\n');
    column = columnAfter(token, column);
  }
  return false;
}

function openBlock(columns: number[], column: number): void {
  while (columns.length > 0 && (columns.at(-1) ?? 0) >= column) columns.pop();
  columns.push(column);
}

/** The lexer marks scalars and documents by single control characters that take no place in the text. */
function columnAfter(token: string, column: number): number {
  if (token === '\u0002' || token === '\u001f' || token === '\u0018') return column;
  const lineEnd = token.lastIndexOf('\n');
  return lineEnd === -1 ? column + token.length : token.length - lineEnd - 1;
}
