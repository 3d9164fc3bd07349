/** Steps from a value to a field below it: keys and list indexes. */
export type Path = readonly (string | number)[];

/** `a.b[0].c`, as people write paths; keys with dots or spaces are quoted: `labels["app.kubernetes.io/name"]`. */
export function printPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w$-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

const step = /\.?(?:([\w$/-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\[('[^']*')\])/y;

/** Reads what `printPath` prints, also with single quotes; undefined when the text is not a path. `''` is the empty path. */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const begin = step.lastIndex;
    const [, name, index, double, single] = step.exec(text) ?? [];
    // A dot separates: it neither begins a path nor may it be missing between two names.
    const hasDot = text[begin] === '.';
    if (name !== undefined && hasDot !== path.length > 0) return undefined;
    if (name === undefined && hasDot) return undefined;
    const found = name ?? (index === undefined ? unquote(double, single) : Number(index));
    if (found === undefined) return undefined;
    path.push(found);
  }
  return path;
}

function unquote(double: string | undefined, single: string | undefined): string | undefined {
  if (single !== undefined) return single.slice(1, -1);
  if (double === undefined) return undefined;
  try {
    return String(JSON.parse(double));
  } catch {
    return undefined;
  }
}
