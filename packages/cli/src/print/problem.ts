import { ForgeError, printWhere, type Diagnostic, type Problem } from '@cluster-forge/base';
import { oneLine, type Paint } from '../paint.ts';

/** A finding for people: severity, code and what on the first line; where, why and fix below it. */
export function printDiagnostic(diagnostic: Diagnostic, paint: Paint): string {
  const colour = { error: paint.bad, warning: paint.warn, info: paint.accent }[diagnostic.severity];
  const also = (diagnostic.related ?? []).map((where) => `  also  ${printWhere(where)}`);
  return [
    `${colour(diagnostic.severity)} ${paint.strong(oneLine(diagnostic.what))} ${paint.dim(diagnostic.code)}`,
    ...details(diagnostic, paint),
    ...also,
  ].join('\n');
}

/** An error that ended a command: its findings first, so that the last line says how many. Anything that is not ours is a bug and keeps its stack. */
export function printError(error: unknown, paint: Paint): string {
  if (!(error instanceof ForgeError))
    return `${paint.bad('bug')} ${stackOf(error)}\nPlease report this with the command that you ran.`;
  const all = error.diagnostics.map((diagnostic) => printDiagnostic(diagnostic, paint));
  const [only, second] = all;
  if (only !== undefined && second === undefined) return only;
  const head = `${paint.bad('error')} ${paint.strong(oneLine(error.problem.what))} ${paint.dim(error.code)}`;
  return [...all, head, ...details(error.problem, paint)].join('\n');
}

/** The same for `--output json`: programs find `code`, and all findings in `diagnostics`. */
export function errorData({ code, exit, problem, diagnostics }: ForgeError): object {
  return { code, exit, ...problem, diagnostics };
}

function details(problem: Problem, paint: Paint): readonly string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['where', problem.where === undefined ? undefined : printWhere(problem.where)],
    ['why', problem.why],
    ['fix', problem.fix],
  ];
  return rows.flatMap(([label, text]) =>
    text === undefined || text === '' ? [] : [`  ${paint.dim(label.padEnd(5))} ${oneLine(text)}`],
  );
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
