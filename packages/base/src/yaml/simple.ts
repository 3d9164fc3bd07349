import type { Json } from '../json.ts';
import type { Converted, Marks } from './convert.ts';
import { readPlain } from './plain-scalar.ts';
import { NotSimple, notSimple, readFlow, readQuoted, type Found } from './simple-flow.ts';

/** A line with something on it. `indent` is the column of its first character, `start` that character's offset, `end` the offset of the line break. */
interface Line {
  readonly indent: number;
  readonly start: number;
  readonly end: number;
}

interface Reader {
  readonly text: string;
  readonly lines: Line[];
  /** Number of the next line to read. */
  at: number;
}

const maxDepth = 40;
/** Characters that make a file unusual wherever they stand, and document markers. */
const unusual = /[[\p{Cc}\p{Cs}\u2028\u2029\ufeff]--\n]|^(?:---|\.\.\.|%)/mv;
const key = /(?:([A-Za-z0-9_./$][\w./$-]*)|"([^"\\\n]+)"|'([^'\n]+)'):(?= |$)/my;

/**
 * Reads the plain YAML that people write most: block maps and lists, one-line scalars and flow collections, literal blocks. About ten times as fast as
 * the full parser, and with its result; undefined for everything else, broken files included, which the full parser then reads and explains.
 */
export function readSimple(text: string): Converted | undefined {
  if (unusual.test(text)) return undefined;
  const reader: Reader = { text, lines: linesOf(text), at: 0 };
  const [first] = reader.lines;
  if (first === undefined) return undefined;
  try {
    const { value, marks } = readBlock(reader, first.indent, 0);
    return reader.at === reader.lines.length ? { value, marks, findings: [] } : undefined;
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

/** Lines without blank ones and comments. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let begin = 0; begin < text.length;) {
    const lineBreak = text.indexOf('\n', begin);
    const end = lineBreak === -1 ? text.length : lineBreak;
    let start = begin;
    while (text[start] === ' ') start++;
    if (start < end && text[start] !== '#') lines.push({ indent: start - begin, start, end });
    begin = end + 1;
  }
  return lines;
}

type Block = Omit<Found, 'end'>;

function readBlock(reader: Reader, indent: number, depth: number): Block {
  const line = reader.lines[reader.at];
  if (line === undefined || line.indent !== indent || depth > maxDepth) return notSimple();
  return isItem(reader.text, line) ? readList(reader, indent, depth) : readMap(reader, indent, depth);
}

function isItem(text: string, { start, end }: Line): boolean {
  return text[start] === '-' && (start + 1 === end || text[start + 1] === ' ');
}

function readList(reader: Reader, indent: number, depth: number): Block {
  const value: Json[] = [];
  const children = new Map<string | number, Marks>();
  const begin = reader.lines[reader.at]?.start ?? 0;
  for (
    let line = reader.lines[reader.at];
    line?.indent === indent && isItem(reader.text, line);
    line = reader.lines[reader.at]
  ) {
    const item = readItem(reader, line, depth);
    children.set(value.length, item.marks);
    value.push(item.value);
  }
  endBlock(reader, indent);
  return { value, marks: { value: begin, children } };
}

/** What follows `- `: a scalar, or a block whose first line begins right there. */
function readItem(reader: Reader, line: Line, depth: number): Block {
  const { text } = reader;
  let start = line.start + 1;
  while (text[start] === ' ') start++;
  if (start >= line.end || text[start] === '#') return notSimple();
  const inner: Line = { indent: line.indent + start - line.start, start, end: line.end };
  if (!isItem(text, inner) && matchKey(text, inner) === undefined) return readScalarLine(reader, start, line);
  reader.lines[reader.at] = inner;
  return readBlock(reader, inner.indent, depth + 1);
}

function readMap(reader: Reader, indent: number, depth: number): Block {
  const value: Record<string, Json> = {};
  const children = new Map<string | number, Marks>();
  const begin = reader.lines[reader.at]?.start ?? 0;
  for (let line = reader.lines[reader.at]; line?.indent === indent; line = reader.lines[reader.at]) {
    const found = matchKey(reader.text, line) ?? notSimple();
    if (Object.hasOwn(value, found.name)) notSimple();
    const item = readField(reader, line, { from: found.end, depth });
    value[found.name] = item.value;
    children.set(found.name, { ...item.marks, key: line.start });
  }
  endBlock(reader, indent);
  return { value, marks: { value: begin, children } };
}

function matchKey(text: string, { start }: Line): { readonly name: string; readonly end: number } | undefined {
  key.lastIndex = start;
  const [whole, plain, double, single] = key.exec(text) ?? [];
  const name = plain ?? double ?? single;
  if (whole === undefined || name === undefined) return undefined;
  if (name === '__proto__' || name === '<<' || (plain !== undefined && /^(?:null|Null|NULL)$/.test(plain)))
    return notSimple();
  return { name, end: start + whole.length };
}

/** The value behind a key: on the same line, or a block on the lines below. */
function readField(
  reader: Reader,
  line: Line,
  { from, depth }: { readonly from: number; readonly depth: number },
): Block {
  let start = from;
  while (reader.text[start] === ' ') start++;
  if (start < line.end && reader.text[start] !== '#') return readScalarLine(reader, start, line);
  reader.at++;
  const next = reader.lines[reader.at];
  if (next === undefined) return notSimple();
  const isListBelow = next.indent === line.indent && isItem(reader.text, next);
  return next.indent > line.indent || isListBelow ? readBlock(reader, next.indent, depth + 1) : notSimple();
}

/** A block must end where an outer one goes on. */
function endBlock({ lines, at }: Reader, indent: number): void {
  const next = lines[at];
  if (next !== undefined && next.indent > indent) notSimple();
}

/** A value that ends on its line, or a literal block that starts there. The line that follows must not continue it. */
function readScalarLine(reader: Reader, start: number, line: Line): Block {
  const { text } = reader;
  const char = text[start] ?? '';
  reader.at++;
  if (char === '|') return readLiteral(reader, start, line);
  const found =
    char === '"' || char === "'"
      ? readQuoted(text, start)
      : char === '[' || char === '{'
        ? readFlow(text, start)
        : readBlockPlain(text, start, line);
  let rest = found.end;
  while (text[rest] === ' ') rest++;
  const isEnd = rest === line.end || (text[rest] === '#' && rest > found.end);
  const next = reader.lines[reader.at];
  if (!isEnd || (next !== undefined && next.indent > line.indent)) notSimple();
  return found;
}

function readBlockPlain(text: string, start: number, line: Line): Found {
  const whole = text.slice(start, line.end);
  const comment = whole.search(/\s#/);
  const source = (comment === -1 ? whole : whole.slice(0, comment)).trimEnd();
  const isPlain = /^(?:[^-?:,[\]{}#&*!|>%@`"'\s]|-[^\s-])/.test(source) && !/:(?:\s|$)/.test(source);
  const value = isPlain ? readPlain(source) : undefined;
  return { value: value === undefined ? notSimple() : value, marks: { value: start }, end: start + source.length };
}

/** `|` and `|-` with text that is indented deeper than the line they stand on. */
function readLiteral(reader: Reader, start: number, line: Line): Block {
  const { text, lines } = reader;
  const header = text.slice(start, line.end);
  const first = lines[reader.at];
  // Blank lines and comments before the text have rules of their own, and so has a file that ends in the middle of a line.
  if ((header !== '|' && header !== '|-') || first === undefined || first.indent <= line.indent || !text.endsWith('\n'))
    return notSimple();
  if (first.start - first.indent !== line.end + 1) return notSimple();
  const end = endOfLiteral(text, line.end + 1, line.indent);
  while ((lines[reader.at]?.start ?? end) < end) reader.at++;
  const raw = text
    .slice(line.end + 1, end)
    .split('\n')
    .slice(0, -1);
  if (raw.some((one) => one.trim() !== '' && !one.startsWith(' '.repeat(first.indent)))) notSimple();
  const content = raw
    .map((one) => one.slice(first.indent))
    .join('\n')
    .replace(/\n+$/, '');
  return { value: header === '|' ? `${content}\n` : content, marks: { value: start } };
}

/** Offset of the first line that has text and is not indented deeper than `indent`. */
function endOfLiteral(text: string, from: number, indent: number): number {
  let begin = from;
  while (begin < text.length) {
    let start = begin;
    while (text[start] === ' ') start++;
    if (text[start] !== '\n' && start - begin <= indent) return begin;
    begin = text.indexOf('\n', start) + 1;
  }
  return begin;
}
