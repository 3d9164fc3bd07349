import { EvaluationError } from '@marcbachmann/cel-js';
import { isObject, type Json } from '../json.ts';
import { suggest } from '../nearest.ts';
import { readsOf } from './reads.ts';

/** Why an evaluation failed and what to do, in words: the evaluator knows the syntax, only the scope knows which names there are. */
export function describeFailure(
  expression: string,
  error: unknown,
  scope: Readonly<Record<string, Json | undefined>>,
): { readonly why: string; readonly fix: string } {
  if (!(error instanceof EvaluationError))
    return { why: messageOf(error), fix: 'make the result a value that JSON can hold' };
  const why = error.summary.slice(0, 1).toLowerCase() + error.summary.slice(1);
  if (error.code === 'no_such_key') return { why, fix: missingKeyFix(expression, error, scope) };
  if (error.code === 'unknown_variable') return { why, fix: unknownVariableFix(expression, error, scope) };
  return { why, fix: 'check the types: text and numbers do not mix; string(), int() and double() convert' };
}

function missingKeyFix(
  expression: string,
  error: EvaluationError,
  scope: Readonly<Record<string, Json | undefined>>,
): string {
  const node = error.node;
  const dashed = dashHint(expression);
  if (dashed !== undefined) return dashed;
  const guard = 'guard it with has() or read it with .?name and orValue()';
  if (node?.op !== '.') return guard;
  const [read] = readsOf(node.args[0], () => false);
  const holder = read === undefined ? undefined : read.path.reduce<Json | undefined>(step, scope[read.root]);
  const hint = isObject(holder) ? suggest(node.args[1], Object.keys(holder)) : undefined;
  return hint === undefined ? guard : `${hint}; or ${guard}`;
}

function unknownVariableFix(
  expression: string,
  error: EvaluationError,
  scope: Readonly<Record<string, Json | undefined>>,
): string {
  const name = error.node?.op === 'id' ? error.node.args : '';
  const known = Object.keys(scope).filter((key) => scope[key] !== undefined);
  return dashHint(expression) ?? suggest(name, known) ?? 'no variables are defined here';
}

/** `components.cert-manager` is a subtraction in CEL, which nobody means. */
function dashHint(expression: string): string | undefined {
  const dashed = /\.([A-Za-z_]\w*(?:-[A-Za-z_]\w*)+)/.exec(expression)?.[1];
  return dashed === undefined
    ? undefined
    : `write a name with dashes as ["${dashed}"], a dot and dashes is a subtraction`;
}

function step(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
