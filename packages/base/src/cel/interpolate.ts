import { ForgeError, failed, ok, type Diagnostic, type Result, type Where } from '../error.ts';
import { diagnosticsOf } from '../diagnostic.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { printPath, type Path } from '../path.ts';
import { compileCel, type Cel, type CelProgram, type Scope } from './cel.ts';
import { celErrors } from './errors.ts';
import { findExpressions, hasExpression, type Segment } from './find-expressions.ts';

export interface InterpolateOptions {
  /** Keeps compiled expressions between calls. */
  readonly cel?: Cel;
  /** Where a field was written. The path is that of the value given to `interpolate`, so `[]` is the value itself. */
  readonly where?: (path: Path) => Where | undefined;
}

/**
 * Evaluates every `${{ }}` in the strings and keys of a value. A string that is one expression becomes its result, type kept; expressions inside text
 * become text. All problems come back at once, each with the path of its field.
 */
export function interpolate(value: Json, scope: Scope, options: InterpolateOptions = {}): Result<Json> {
  const diagnostics: Diagnostic[] = [];
  const walk = (at: Json, path: Path): Json => {
    if (typeof at === 'string') return hasExpression(at) ? evaluateText(at, scope, { options, path, diagnostics }) : at;
    if (typeof at !== 'object' || at === null) return at;
    return isObject(at) ? walkMap(at, path) : at.map((item, index) => walk(item, [...path, index]));
  };
  const walkMap = (map: JsonObject, path: Path): Json => {
    const out: Record<string, Json> = {};
    for (const [key, item] of Object.entries(map)) {
      const name = hasExpression(key)
        ? keyText(evaluateText(key, scope, { options, path: [...path, key], diagnostics }))
        : key;
      define(out, name, walk(item, [...path, key]));
    }
    return out;
  };
  const result = walk(value, []);
  return diagnostics.length > 0 ? failed(diagnostics) : ok(result);
}

/** The programs of all expressions in a value, with their paths; broken ones are left out, `interpolate` tells of them. */
export function expressionsIn(
  value: Json,
  options: InterpolateOptions = {},
): readonly { readonly path: Path; readonly program: CelProgram }[] {
  const found: { readonly path: Path; readonly program: CelProgram }[] = [];
  const visit = (at: Json, path: Path): void => {
    if (typeof at === 'string') found.push(...programsOf(at, options).map((program) => ({ path, program })));
    else if (Array.isArray(at)) at.forEach((item: Json, index) => visit(item, [...path, index]));
    else if (typeof at === 'object' && at !== null)
      for (const [key, item] of Object.entries(at)) visit(item, [...path, key]);
  };
  visit(value, []);
  return found;
}

function programsOf(text: string, { cel }: InterpolateOptions): readonly CelProgram[] {
  if (!hasExpression(text)) return [];
  return findExpressions(text).segments.flatMap((segment) => {
    if (segment.kind === 'text') return [];
    try {
      return [compile(segment.source, cel)];
    } catch (error) {
      if (error instanceof ForgeError) return [];
      throw error;
    }
  });
}

interface Place {
  readonly options: InterpolateOptions;
  readonly path: Path;
  readonly diagnostics: Diagnostic[];
}

function evaluateText(text: string, scope: Scope, place: Place): Json {
  const { segments, unclosedAt } = findExpressions(text);
  if (unclosedAt !== undefined) {
    place.diagnostics.push(unclosed(text, unclosedAt, place));
    return text;
  }
  const [only] = segments;
  if (segments.length === 1 && only?.kind === 'expression') return evaluateSegment(only, scope, place) ?? null;
  return segments.map((segment) => (segment.kind === 'text' ? segment.text : textOf(segment, scope, place))).join('');
}

type ExpressionSegment = Extract<Segment, { kind: 'expression' }>;

/** Undefined when it failed; the problem is then in the list. */
function evaluateSegment(
  segment: ExpressionSegment,
  scope: Scope,
  { options, path, diagnostics }: Place,
): Json | undefined {
  try {
    return compile(segment.source, options.cel).evaluate(scope);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    const where = options.where?.(path);
    const dotted = printPath(path);
    const place = { ...where, ...(dotted === '' ? {} : { path: where?.path ?? dotted }) };
    diagnostics.push(...diagnosticsOf(error).map((diagnostic) => ({ ...diagnostic, where: place })));
    return undefined;
  }
}

function textOf(segment: ExpressionSegment, scope: Scope, place: Place): string {
  const value = evaluateSegment(segment, scope, place);
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'a map';
  place.diagnostics.push(
    celErrors.E_EXPRESSION_TEXT.diagnostic({
      what: `expression "${segment.source}" gives ${kind}, which cannot stand inside text`,
      fix: 'let the expression be the whole value, or make text of it, for example with join(",")',
      where: placeOf(place),
    }),
  );
  return '';
}

function unclosed(text: string, at: number, place: Place): Diagnostic {
  const excerpt = text.slice(at, at + 40).split('\n', 1)[0] ?? '';
  return celErrors.E_EXPRESSION_OPEN.diagnostic({
    what: `"${excerpt}" opens an expression that never ends`,
    why: `\`\${{\` at character ${at + 1} has no matching \`}}\``,
    fix: 'close it with }}; for a literal ${{ write ${{ "${{" }}',
    where: placeOf(place),
  });
}

function placeOf({ options, path }: Place): Where {
  const where = options.where?.(path);
  return { path: printPath(path), ...where };
}

function compile(source: string, cel: Cel | undefined): CelProgram {
  return cel === undefined ? compileCel(source) : cel.compile(source);
}

function keyText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A key named `__proto__` becomes an ordinary field, never the prototype. */
function define(target: Record<string, Json>, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
