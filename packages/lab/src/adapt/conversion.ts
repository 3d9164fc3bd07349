/**
 * Replaces `spec.conversion` of a CRD in block style by `strategy: None`, without parsing the schemas, which are nine tenths of the text. Returns the
 * text unchanged when the spec has no conversion or a harmless one, and undefined when the document is not written plainly enough to be sure.
 */
export function dropConversion(text: string): string | undefined {
  const lines = text.split('\n');
  const spec = lines.findIndex((line) => /^spec\s*:/.test(line));
  if (spec === -1 || !/^spec:\s*(#.*)?$/.test(lines[spec] ?? '')) return undefined;
  const first = lines.findIndex((line, index) => index > spec && isContent(line));
  const indent = indentOf(lines[first] ?? '');
  if (indent === 0 || /\t/.test(lines[first] ?? '')) return undefined;
  const end = endOfBlock(lines, spec + 1, 0);
  const start = lines.findIndex(
    (line, index) =>
      index > spec &&
      index < end &&
      isContent(line) &&
      indentOf(line) === indent &&
      /^\s*['"]?conversion['"]?\s*:/.test(line),
  );
  if (start === -1) return text;
  if (!/^\s*conversion:\s*(#.*)?$/.test(lines[start] ?? '')) return undefined;
  const stop = endOfBlock(lines, start + 1, indent);
  const block = lines.slice(start + 1, stop);
  if (block.some((line) => /[&*{|>]/.test(line))) return undefined;
  if (!block.some((line) => /^\s*strategy:\s*['"]?Webhook['"]?\s*(#.*)?$/.test(line))) return text;
  const pad = ' '.repeat(indent);
  return [...lines.slice(0, start), `${pad}conversion:`, `${pad}  strategy: None`, ...lines.slice(stop)].join('\n');
}

/** First line at or after `from` that is indented no deeper than `indent`. */
function endOfBlock(lines: readonly string[], from: number, indent: number): number {
  const end = lines.findIndex((line, index) => index >= from && isContent(line) && indentOf(line) <= indent);
  return end === -1 ? lines.length : end;
}

function isContent(line: string): boolean {
  return /\S/.test(line) && !/^\s*#/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
