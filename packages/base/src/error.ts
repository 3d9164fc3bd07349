/** A place in a file a person can open. Lines and columns count from 1. `path` names the field, in dotted form. */
export interface Where {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: string;
}

/** What a person needs to act on a problem: what is wrong, why, where, and what to do next. Lower case, no stack, no secrets. */
export interface Problem {
  readonly what: string;
  readonly why?: string;
  readonly fix?: string;
  readonly where?: Where;
}

/** One finding in user input. Findings are returned, all at once; they are never thrown one by one. */
export interface Diagnostic extends Problem {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: ErrorCode;
  /** Other places that take part, such as the second of two definitions. */
  readonly related?: readonly Where[];
}

export type ErrorCode = `E_${string}`;

/** How a command ends for an error of this sort: 1 an operation failed, 2 the request was wrong, 3 the input has problems. */
export type ExitCode = 1 | 2 | 3;

/** A documented error. The reference page `docs/reference/errors.md` is generated from these. */
export interface ErrorEntry {
  /** One sentence for the reference page: when this happens. */
  readonly summary: string;
  readonly exit: ExitCode;
}

/** The only error class that code of this project throws on purpose. Any other error is a bug and keeps its stack. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly code: ErrorCode;
  readonly exit: ExitCode;
  readonly problem: Problem;
  /** Present when one operation ends because of many findings. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(code: ErrorCode, exit: ExitCode, problem: Problem, options: ErrorDetail = {}) {
    super(problem.what, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exit = exit;
    this.problem = problem;
    this.diagnostics = options.diagnostics ?? [];
  }
}

export interface ErrorDetail {
  readonly cause?: unknown;
  readonly diagnostics?: readonly Diagnostic[];
}

/** Makes errors and diagnostics of one catalogue entry. Calling it makes a ForgeError to throw. */
export interface ErrorFactory {
  (problem: Problem, detail?: ErrorDetail): ForgeError;
  readonly code: ErrorCode;
  readonly entry: ErrorEntry;
  diagnostic(problem: Problem & { readonly related?: readonly Where[] }): Diagnostic;
  warning(problem: Problem & { readonly related?: readonly Where[] }): Diagnostic;
}

export type ErrorCatalogue<Code extends ErrorCode> = { readonly [C in Code]: ErrorFactory };

/**
 * Declares the errors of one package or stage: `const errors = catalogue({E_X: {summary, exit}})`, then `throw errors.E_X({what, fix})`
 * or `errors.E_X.diagnostic({what, where})`.
 */
export function catalogue<Code extends ErrorCode>(entries: { readonly [C in Code]: ErrorEntry }): ErrorCatalogue<Code> {
  const factories = Object.entries<ErrorEntry>(entries).map(([code, entry]) => [code, factory(code as Code, entry)]);
  // Object.fromEntries loses the key type; the keys are exactly those of `entries`.
  return Object.fromEntries(factories) as ErrorCatalogue<Code>;
}

function factory(code: ErrorCode, entry: ErrorEntry): ErrorFactory {
  const make = (problem: Problem, detail?: ErrorDetail) => new ForgeError(code, entry.exit, problem, detail);
  return Object.assign(make, {
    code,
    entry,
    diagnostic: (problem: Problem) => ({ severity: 'error' as const, code, ...problem }),
    warning: (problem: Problem) => ({ severity: 'warning' as const, code, ...problem }),
  });
}

/** Outcome of a function whose failure is ordinary: callers must look before they use the value. */
export type Result<Value, Failure = readonly Diagnostic[]> =
  | { readonly ok: true; readonly value: Value; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly failure: Failure };

export function ok<Value>(value: Value, warnings: readonly Diagnostic[] = []): Result<Value, never> {
  return { ok: true, value, warnings };
}

export function failed<Failure>(failure: Failure): Result<never, Failure> {
  return { ok: false, failure };
}

/** Text of a place: `file:12:3 (spec.params.size)`, as editors and terminals recognise it. */
export function printWhere(where: Where): string {
  const position = [where.file, where.line, where.column].filter((part) => part !== undefined).join(':');
  if (where.path === undefined) return position;
  return position === '' ? where.path : `${position} (${where.path})`;
}
