import { Environment, EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import type { ForgeError, Where } from '../error.ts';
import type { Json } from '../json.ts';
import { celErrors } from './errors.ts';
import { describeFailure } from './failure.ts';
import { addLibrary } from './library.ts';
import { project, shapesOf, toJson } from './numbers.ts';
import { readsOf, type CelNode, type Read } from './reads.ts';

/** Variables by name. An undefined one counts as absent. */
export type Scope = Readonly<Record<string, Json | undefined>>;

/** A parsed expression: immutable, evaluated any number of times. */
export interface CelProgram {
  readonly source: string;
  /** The syntax tree, for printing the expression in other languages. */
  readonly ast: CelNode;
  /** Names of the variables it reads, sorted; macro variables and type names are not among them. */
  readonly roots: readonly string[];
  /** The fields it may read, as far as they are known without evaluating. */
  readonly reads: readonly Read[];
  /** Whole numbers of the scope are CEL ints; the result is plain JSON. Throws E_CEL_EVALUATE. */
  evaluate(scope: Scope): Json;
  /** As `evaluate`, for conditions: throws E_CEL_EVALUATE when the result is not a boolean. */
  test(scope: Scope): boolean;
}

export interface CelOptions {
  /** Where the expression begins; errors then name the exact column. */
  readonly where?: Where;
}

/** Compiles expressions and keeps them by text. One for each piece of work; nothing is shared behind the caller's back. */
export interface Cel {
  compile(expression: string, options?: CelOptions): CelProgram;
}

/** Standard functions and macros with optionals, plus library.ts. Frozen after this line: it holds no state. */
const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 20_000, maxDepth: 100 },
});
addLibrary(environment);

/** Compiles one expression. Throws E_CEL_SYNTAX with the position, also for functions that do not exist and literals whose types do not fit. */
export function compileCel(expression: string, options: CelOptions = {}): CelProgram {
  const parsed = parse(expression, options.where);
  const reads = readsOf(parsed.ast, (name) => environment.hasVariable(name));
  const shapes = shapesOf(reads);
  const run = (scope: Scope): Json => {
    try {
      return toJson(parsed(project(scope, shapes)));
    } catch (error) {
      throw evaluationError(expression, error, { scope, where: options.where });
    }
  };
  return {
    source: expression,
    ast: parsed.ast,
    roots: [...new Set(reads.map(({ root }) => root))].sort(),
    reads,
    evaluate: run,
    test: (scope) => {
      const result = run(scope);
      if (typeof result === 'boolean') return result;
      throw notBoolean(expression, result, options.where);
    },
  };
}

/** A compiler that parses each text once. Positions in later errors are those of the first place the text was met without `where`, so places are not cached. */
export function createCel(): Cel {
  const programs = new Map<string, CelProgram>();
  return {
    compile(expression, options = {}) {
      if (options.where !== undefined) return compileCel(expression, options);
      const known = programs.get(expression);
      if (known !== undefined) return known;
      const program = compileCel(expression);
      programs.set(expression, program);
      return program;
    },
  };
}

function parse(expression: string, where: Where | undefined): ReturnType<Environment['parse']> {
  try {
    const parsed = environment.parse(expression);
    const { error } = parsed.check();
    if (error !== undefined) throw error;
    return parsed;
  } catch (error) {
    if (!isCelError(error)) throw error;
    const place = placeIn(expression, error.range?.start ?? 0, where);
    throw celErrors.E_CEL_SYNTAX(
      {
        what: `expression "${expression}" is not valid CEL: ${lowerFirst(error.summary)}`,
        why: `at character ${(error.range?.start ?? 0) + 1} of the expression`,
        fix: syntaxFix(error),
        where: place,
      },
      { cause: error },
    );
  }
}

function syntaxFix(error: { readonly code: string }): string {
  if (error.code === 'reserved_identifier')
    return 'this word is reserved in CEL and cannot be a variable; a field may have it as its name: a.namespace';
  return 'see the CEL language: text in quotes, "&&" and "||", names with dashes as map["my-name"]';
}

interface Evaluation {
  readonly scope: Scope;
  readonly where: Where | undefined;
}

function evaluationError(expression: string, error: unknown, { scope, where }: Evaluation): ForgeError {
  const offset = isCelError(error) ? (error.range?.start ?? 0) : 0;
  const { why, fix } = describeFailure(expression, error, scope);
  return celErrors.E_CEL_EVALUATE(
    { what: `expression "${expression}" cannot be evaluated: ${why}`, fix, where: placeIn(expression, offset, where) },
    { cause: error },
  );
}

function notBoolean(expression: string, result: Json, where: Where | undefined): ForgeError {
  return celErrors.E_CEL_EVALUATE({
    what: `condition "${expression}" gives ${JSON.stringify(result)}, not true or false`,
    fix: 'compare it with something, for example with == or has()',
    ...(where === undefined ? {} : { where }),
  });
}

/** Position inside the expression, moved to where the expression begins. */
function placeIn(expression: string, offset: number, where: Where | undefined): Where {
  const before = expression.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  if (where?.line === undefined) return { ...where, line: before.length, column };
  const onFirstLine = before.length === 1;
  return {
    ...where,
    line: where.line + before.length - 1,
    column: onFirstLine ? (where.column ?? 1) + column - 1 : column,
  };
}

function isCelError(error: unknown): error is ParseError | EvaluationError | CelTypeError {
  return error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
