import {
  ForgeError,
  diagnosticsOf,
  printPath,
  type Json,
  type JsonObject,
  type Path,
  type Where,
} from '@cluster-forge/base';
import type { Scope } from '@cluster-forge/base/cel/cel';
import { interpolate } from '@cluster-forge/base/cel/interpolate';
import type { Locate } from './check-schema.ts';
import { configErrors } from './errors.ts';
import type { Loading } from './request.ts';

/** Evaluates the expressions of a value; problems go to the list and leave null. */
export function evaluate(value: Json, scope: Scope, where: (path: Path) => Where | undefined, loading: Loading): Json {
  const result = interpolate(value, scope, { cel: loading.cel, where });
  if (result.ok) return result.value;
  loading.problems.push(...result.failure);
  return null;
}

/** As `evaluate`, for text. A result of another type is a problem. */
export function evaluateText(text: string, scope: Scope, where: Where, loading: Loading): string {
  const before = loading.problems.length;
  const value = evaluate(text, scope, () => where, loading);
  if (typeof value === 'string') return value;
  if (loading.problems.length === before) loading.problems.push(notText(text, value, where));
  return '';
}

function notText(text: string, value: Json, where: Where) {
  return configErrors.E_CONFIG_SCHEMA.diagnostic({
    what: `${text} gives ${JSON.stringify(value)}, but text is needed here`,
    fix: 'convert it with string()',
    where,
  });
}

/** A CEL condition, bare or inside one `${{ }}`. A broken one counts as false; the problem is in the list. Absent means true. */
export function holds(condition: string | undefined, scope: Scope, where: Where, loading: Loading): boolean {
  if (condition === undefined) return true;
  const bare = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(condition)?.[1] ?? condition;
  try {
    return loading.cel.compile(bare.trim()).test(scope);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    loading.problems.push(...diagnosticsOf(error).map((problem) => ({ ...problem, where })));
    return false;
  }
}

/** Adds the path of the field to its place. */
export function withPath(where: Locate, path: Path): Where {
  return { ...where(path), path: printPath(path) };
}

/** A map that stays the same whatever its keys are called. */
export function record(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries);
}
