/**
 * The part of a Helm repository's `index.yaml` that lists one chart, as a YAML list of its versions. Public indexes have tens of megabytes, of which
 * one chart is a thousandth: it is found by its line, in the layout that `helm repo index` writes. undefined: the layout is another one and the whole
 * file must be parsed, or the chart is not there (then `absent` from the full parse says so).
 */
export function sliceIndexEntry(index: string, chart: string): string | undefined {
  const entries = index.startsWith('entries:') ? 0 : index.indexOf('\nentries:') + 1;
  if (!index.startsWith('entries:', entries)) return undefined;
  if (index.slice(entries + 'entries:'.length, index.indexOf('\n', entries)).trim() !== '') return undefined;
  const start = startOfKey(index, chart, entries);
  if (start === -1) return undefined;
  const from = index.indexOf('\n', start) + 1;
  if (from === 0 || !index.slice(start, from).trim().endsWith(':')) return undefined;
  // The next line that is indented like the key and is no list item ends the entry; so does a line without any indent.
  const end = /^(?: {2}[^\s\-#]|[^\s#])/m;
  return index.slice(from, from + nextKey(index, from, end));
}

function nextKey(index: string, from: number, end: RegExp): number {
  // Searched in pieces: a slice to the end of a large index would be flattened first.
  for (let size = 64 * 1024; ; size *= 4) {
    const found = end.exec(index.slice(from, from + size));
    if (found !== null && found.index < size - 3) return found.index;
    if (from + size >= index.length) return index.length - from;
  }
}

function startOfKey(index: string, chart: string, entries: number): number {
  for (const key of [chart, `"${chart}"`, `'${chart}'`]) {
    const found = index.indexOf(`\n  ${key}:`, entries);
    if (found !== -1) return found + 1;
  }
  return -1;
}
