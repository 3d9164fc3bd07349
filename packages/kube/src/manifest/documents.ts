/** One YAML document of a stream. */
export interface Document {
  /** Content between the `---` and `...` lines, byte for byte; what follows `--- ` on its line belongs to it, a comment there does not. */
  readonly text: string;
  /** Line of the stream at which `text` starts, from 1. */
  readonly line: number;
}

export interface Documents {
  readonly documents: readonly Document[];
  /** Documents that hold nothing but comments and blank lines; they are left out. */
  readonly emptyCount: number;
}

const newline = 10;

/**
 * Splits a YAML stream at its document markers without reading the YAML in between, so it is as fast as a search for line starts. A marker is `---` or
 * `...` at column 0 followed by blank space or the end of the line; inside block and quoted scalars YAML does not allow one there, so none can be mistaken.
 * `%YAML` directives and byte order marks are left out. Throws nothing.
 */
export function splitDocuments(stream: string): Documents {
  const documents: Document[] = [];
  let emptyCount = 0;
  let counted = 0;
  let line = 1;
  for (const [start, end] of slices(stream)) {
    line += countLines(stream, counted, start);
    counted = start;
    if (holdsNothing(stream, start, end)) emptyCount += stream.slice(start, end).trim() === '' ? 0 : 1;
    else documents.push({ text: stream.slice(start, end), line });
  }
  return { documents, emptyCount };
}

/** Start and end of what lies between markers, in order; may be blank. */
function* slices(stream: string): Generator<readonly [number, number]> {
  let start = skipByteOrderMark(stream, 0);
  for (const marker of markers(stream)) {
    const isDirectives = marker.rule && holdsOnlyDirectives(stream, start, marker.at);
    if (!isDirectives) yield [start, marker.at];
    start = marker.rule ? contentStart(stream, marker.at + 3) : nextLine(stream, marker.at);
    start = skipByteOrderMark(stream, start);
  }
  yield [start, stream.length];
}

/** Marker lines in order. `---` (rule) and `...` (end) are searched for side by side, so that a stream with only one sort is searched once for the other. */
function* markers(stream: string): Generator<{ readonly at: number; readonly rule: boolean }> {
  let rule = nextMarker(stream, '---', -1);
  let end = nextMarker(stream, '...', -1);
  while (rule !== -1 || end !== -1) {
    if (end === -1 || (rule !== -1 && rule < end)) {
      yield { at: rule, rule: true };
      rule = nextMarker(stream, '---', rule);
    } else {
      yield { at: end, rule: false };
      end = nextMarker(stream, '...', end);
    }
  }
}

/** First line after `after` that starts with the marker. The start of the stream (`after` -1) counts as a line start, behind a byte order mark too. */
function nextMarker(stream: string, marker: string, after: number): number {
  if (after === -1) {
    const first = skipByteOrderMark(stream, 0);
    if (stream.startsWith(marker, first) && endsToken(stream, first + 3)) return first;
  }
  const searched = `\n${marker}`;
  for (let at = stream.indexOf(searched, Math.max(after, 0)); at !== -1; at = stream.indexOf(searched, at + 1)) {
    if (endsToken(stream, at + 4)) return at + 1;
  }
  return -1;
}

function endsToken(stream: string, at: number): boolean {
  if (at >= stream.length) return true;
  const code = stream.charCodeAt(at);
  return code === 32 || code === 9 || code === 13 || code === newline;
}

/** Where the content after a `---` begins: on the same line when something other than a comment stands there. */
function contentStart(stream: string, from: number): number {
  let at = from;
  while (stream[at] === ' ' || stream[at] === '\t') at += 1;
  const isBlank = at >= stream.length || stream[at] === '\n' || stream[at] === '\r' || stream[at] === '#';
  return isBlank ? nextLine(stream, at) : at;
}

function nextLine(stream: string, from: number): number {
  const at = stream.indexOf('\n', from);
  return at === -1 ? stream.length : at + 1;
}

function skipByteOrderMark(stream: string, at: number): number {
  return stream.charCodeAt(at) === 0xfeff ? at + 1 : at;
}

function countLines(stream: string, from: number, to: number): number {
  let count = 0;
  for (let at = stream.indexOf('\n', from); at !== -1 && at < to; at = stream.indexOf('\n', at + 1)) count += 1;
  return count;
}

function holdsNothing(stream: string, start: number, end: number): boolean {
  return firstContent(stream, start, end) === -1;
}

function holdsOnlyDirectives(stream: string, start: number, end: number): boolean {
  let at = firstContent(stream, start, end);
  const seen = at !== -1;
  while (at !== -1 && stream[at] === '%' && (at === start || stream[at - 1] === '\n')) {
    at = firstContent(stream, nextLine(stream, at), end);
  }
  return seen && at === -1;
}

/** Position of the first character that is neither blank nor in a comment; -1 when there is none. */
function firstContent(stream: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = stream.charCodeAt(at);
    if (code === 35) at = nextLine(stream, at);
    else if (code === 32 || code === 9 || code === 13 || code === newline) at += 1;
    else return at;
  }
  return -1;
}
