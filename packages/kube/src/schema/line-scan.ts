/** A field found by `scanFields`. */
export interface ScannedField {
  /** Dotted path below the root key; list positions are left out. */
  readonly path: string;
  /** Position in the outermost list on the way, counted from 0; absent outside lists. */
  readonly item?: number;
  /** The raw text after the colon, trimmed: '' for maps and lists in block style. */
  readonly value: string;
}

/** What a scan may pass over. */
export interface ScanLimits {
  /** Keys on the way down; deeper lines are skipped. */
  readonly maxDepth: number;
  /** Paths whose content is skipped. */
  readonly opaque: ReadonlySet<string>;
}

interface Frame {
  readonly indent: number;
  readonly path: string;
  readonly depth: number;
}

/**
 * Walks the block-style fields under one top-level key without parsing what lies deeper than `limits` allow. Meant for a few known
 * fields of large machine-written documents: it yields lines as they stand, and whoever reads them falls back to a parser on odd values.
 */
export function* scanFields(text: string, root: string, limits: ScanLimits): Generator<ScannedField> {
  const start = startOf(text, root);
  if (start === -1) return;
  let stack: Frame[] = [];
  let item = -1;
  let listIndent = -1;
  let skipBelow = Number.POSITIVE_INFINITY;
  for (let at = start; at < text.length;) {
    const end = endOfLine(text, at);
    const { indent, blank } = indentOf(text, at, end);
    const next = end + 1;
    if (blank || indent > skipBelow) {
      at = next;
      continue;
    }
    skipBelow = Number.POSITIVE_INFINITY;
    const dash = text[at + indent] === '-';
    if (indent === 0 && !dash) return;
    const line = readLine(text.slice(at + indent, end), indent);
    at = next;
    stack = stack.filter((frame) => frame.indent < indent || (dash && frame.indent === indent));
    if (listIndent >= 0 && (indent < listIndent || (indent === listIndent && !dash))) [item, listIndent] = [-1, -1];
    if (dash && listIndent === -1) listIndent = indent;
    if (dash && indent === listIndent) item += 1;
    if (line.key === undefined) continue;
    const parent = stack.at(-1);
    const path = parent === undefined ? line.key : `${parent.path}.${line.key}`;
    const depth = (parent?.depth ?? 0) + 1;
    stack.push({ indent: line.keyIndent, path, depth });
    if (depth >= limits.maxDepth || limits.opaque.has(path)) skipBelow = line.keyIndent;
    yield item >= 0 ? { path, item, value: line.value } : { path, value: line.value };
  }
}

/** First line below a top-level `root:`; -1 when there is none in block style. */
function startOf(text: string, root: string): number {
  const head = `${root}:`;
  const found = text.startsWith(head) ? 0 : text.indexOf(`\n${head}`) + 1;
  if (found === 0 && !text.startsWith(head)) return -1;
  const end = endOfLine(text, found);
  return /^\s*(?:#.*)?$/.test(text.slice(found + head.length, end)) ? end + 1 : -1;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

const SPACE = 32;
const HASH = 35;
const RETURN = 13;

function indentOf(text: string, at: number, end: number): { readonly indent: number; readonly blank: boolean } {
  let to = at;
  while (to < end && text.charCodeAt(to) === SPACE) to += 1;
  const first = text.charCodeAt(to);
  return { indent: to - at, blank: to === end || first === HASH || first === RETURN };
}

const keyLine = /^((?:-\s+)*)([\w$./-]+|"[^"\\]*"|'[^'\\]*'):(?:\s+(.*))?$/s;

function readLine(
  line: string,
  indent: number,
): { readonly key?: string; readonly keyIndent: number; readonly value: string } {
  const found = keyLine.exec(line.trimEnd());
  if (found === null) return { keyIndent: indent, value: '' };
  const [, dashes = '', key = '', value = ''] = found;
  return { key: key.replace(/^(["'])(.*)\1$/, '$2'), keyIndent: indent + dashes.length, value: value.trim() };
}
