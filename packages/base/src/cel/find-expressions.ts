/** A piece of text: literal, or the inside of a `${{ }}`. Offsets count UTF-16 units of the whole text. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'expression';
      readonly source: string;
      /** Where `source` begins, without leading white space. */ readonly start: number;
    };

export interface FoundExpressions {
  readonly segments: readonly Segment[];
  /** Offset of a `${{` without its `}}`; the text from there on is then one literal segment. */
  readonly unclosedAt?: number;
}

const opening = '${{';

/**
 * Cuts text at its `${{ }}` expressions. Braces and quotes inside an expression are understood, so `${{ {"a": "}}"} }}` is one expression.
 * `{{ }}`, `${X}` and `$(x)` are plain text. To write a literal `${{`, use an expression: `${{ "${{" }}`.
 */
export function findExpressions(text: string): FoundExpressions {
  const segments: Segment[] = [];
  let from = 0;
  for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, from)) {
    const end = closingOf(text, at + opening.length);
    if (at > from) segments.push({ kind: 'text', text: text.slice(from, at) });
    if (end === undefined) return { segments: [...segments, { kind: 'text', text: text.slice(at) }], unclosedAt: at };
    const inside = text.slice(at + opening.length, end);
    const start = at + opening.length + (inside.length - inside.trimStart().length);
    segments.push({ kind: 'expression', source: inside.trim(), start });
    from = end + 2;
  }
  if (from < text.length) segments.push({ kind: 'text', text: text.slice(from) });
  return { segments };
}

/** True when the text has at least one `${{`. */
export function hasExpression(text: string): boolean {
  return text.includes(opening);
}

/** Offset of the `}}` that ends an expression which begins at `from`. */
function closingOf(text: string, from: number): number | undefined {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === '"' || char === "'") {
      at = endOfString(text, at);
      continue;
    }
    if (char === '{') depth++;
    if (char === '}' && depth === 0 && text[at + 1] === '}') return at;
    if (char === '}') depth--;
    at++;
  }
  return undefined;
}

/** Offset after a CEL string literal: single or triple quotes. A backslash hides the next character in raw literals too, as the evaluator reads them. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? '';
  const closing = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  let at = start + closing.length;
  while (at < text.length && !text.startsWith(closing, at)) at += text[at] === '\\' ? 2 : 1;
  return at + closing.length;
}
