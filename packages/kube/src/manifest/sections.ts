/** Where the top-level keys of a document stand. Offsets are of the text; a section runs to the next top-level key. */
export interface Section {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** The sections that say which object a document is. */
export interface IdentitySections {
  readonly apiVersion: Section;
  readonly kind: Section;
  readonly metadata: Section;
}

/**
 * Finds apiVersion, kind and metadata by looking at the first character of each line. undefined when anything is unusual (flow style at top level,
 * quoted or complex keys, merges, anchors, a key that is missing or given twice): then only reading the whole document tells. A line in column 0 that
 * continues a quoted scalar or a bracket may look like a key; it can mislead only by making a key appear twice, which is unusual, or by cutting
 * a section short, which then cannot be read.
 */
export function findIdentity(text: string): IdentitySections | undefined {
  const found = new Map<string, Section>();
  let open: { readonly key: string; readonly start: number } | undefined;
  const close = (end: number) => {
    if (open !== undefined && wanted.has(open.key)) found.set(open.key, { ...open, end });
  };
  for (let at = 0; at < text.length; at = afterNewline(text, at)) {
    if (!startsKey(text.charCodeAt(at))) continue;
    const key = keyAt(text, at);
    if (key === undefined || found.has(key) || (open?.key === key && wanted.has(key))) return undefined;
    close(at);
    open = { key, start: at };
  }
  close(text.length);
  return identityOf(found);
}

const wanted = new Set(['apiVersion', 'kind', 'metadata']);

function identityOf(found: ReadonlyMap<string, Section>): IdentitySections | undefined {
  const apiVersion = found.get('apiVersion');
  const kind = found.get('kind');
  const metadata = found.get('metadata');
  return apiVersion && kind && metadata && { apiVersion, kind, metadata };
}

function afterNewline(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

/** Anything but blank space, a comment, a list dash and a closing bracket. */
function startsKey(code: number): boolean {
  return code > 32 && code !== 35 && code !== 45 && code !== 93 && code !== 125;
}

const simpleKey = /([A-Za-z][\w.-]*):(?=[ \r\n]|$)/y;

function keyAt(text: string, at: number): string | undefined {
  simpleKey.lastIndex = at;
  return simpleKey.exec(text)?.[1];
}
