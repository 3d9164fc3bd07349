/**
 * Indents the lines that continue a flow collection or a quoted scalar. Their indentation means nothing to Go, which lets a closing bracket stand at the
 * column of its key or to the left of it; our parser wants it deeper than its parent. Text outside brackets and quotes is left as it is.
 */
export function indentContinuations(text: string): string {
  const state: State = { quote: '', depth: 0, blockParent: undefined, padding: '' };
  return text
    .split('\n')
    .map((line) => indentLine(line, state))
    .join('\n');
}

interface State {
  /** The quote that is open at the start of the line; '' for none. */
  quote: '"' | "'" | '';
  /** Open brackets. */
  depth: number;
  /** Column of what owns the block scalar we are in; lines deeper than that belong to it. undefined outside one. */
  blockParent: number | undefined;
  /** Put in front of continuation lines: as deep as the line on which the collection or scalar began is long. */
  padding: string;
}

function indentLine(line: string, state: State): string {
  const isContinuation = state.quote !== '' || state.depth > 0;
  if (!isContinuation) {
    if (isInBlockScalar(line, state)) return line;
    state.padding = ' '.repeat(contentColumn(line) + 1);
  }
  scan(line, state);
  return isContinuation && line.trim() !== '' ? state.padding + line : line;
}

function isInBlockScalar(line: string, state: State): boolean {
  if (state.blockParent === undefined) return false;
  if (line.trim() === '' || line.search(/[^ ]/) > state.blockParent) return true;
  state.blockParent = undefined;
  return false;
}

/** Column of the innermost thing a line opens: behind its spaces and list dashes. */
function contentColumn(line: string): number {
  return /^(?:\s*-(?=\s))*\s*/.exec(line)?.[0].length ?? 0;
}

/** Walks one line and keeps track of quotes and brackets. They count only where a value may start; inside plain scalars they are ordinary characters. */
function scan(line: string, state: State): void {
  let startsValue = true;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (state.quote !== '') {
      at += closeQuote(line, at, state);
      startsValue = false;
    } else if (char === '#' && (at === 0 || /\s/.test(line[at - 1] ?? ''))) {
      return;
    } else if (state.depth === 0 && startsValue && (char === '|' || char === '>')) {
      state.blockParent = ownerColumn(line, at);
      return;
    } else startsValue = step(line, at, { state, startsValue });
  }
}

/** Column of the key or list dash whose value is the block scalar that begins at `at`; -1 when the document is nothing else. */
function ownerColumn(line: string, at: number): number {
  const column = contentColumn(line);
  return column === at ? line.lastIndexOf('-', at) : column;
}

/** How many characters to skip at a character inside a quoted scalar; closes the quote when it ends there. */
function closeQuote(line: string, at: number, state: State): number {
  const char = line[at];
  if (state.quote === '"' && char === '\\') return 1;
  if (char !== state.quote) return 0;
  if (state.quote === "'" && line[at + 1] === "'") return 1;
  state.quote = '';
  return 0;
}

/** Takes in one character outside quotes; true when a value may start at the next one. */
function step(line: string, at: number, { state, startsValue }: { state: State; startsValue: boolean }): boolean {
  const char = line[at] ?? '';
  const isInFlow = state.depth > 0;
  if (char === ' ' || char === '\t') return startsValue;
  if (startsValue && (char === '"' || char === "'")) {
    state.quote = char;
    return false;
  }
  if ((startsValue || isInFlow) && (char === '[' || char === '{')) {
    state.depth += 1;
    return true;
  }
  if (isInFlow && (char === ']' || char === '}')) {
    state.depth -= 1;
    return false;
  }
  if (isInFlow && char === ',') return true;
  const isIndicator = char === ':' || char === '-' || char === '?';
  const isAlone = at + 1 >= line.length || /\s/.test(line[at + 1] ?? '');
  return isIndicator && (isAlone || (char === ':' && isInFlow)) && (char === ':' || startsValue);
}
