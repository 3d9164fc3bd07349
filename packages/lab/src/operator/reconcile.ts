import { ForgeError, isObject, type Diagnostic, type Json, type JsonObject } from '@cluster-forge/base';
import type { Cel } from '@cluster-forge/base/cel/cel';
import { interpolate } from '@cluster-forge/base/cel/interpolate';
import { diagnosticsOf } from '@cluster-forge/base/diagnostic';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { expandChildren } from './children.ts';
import { readDuration, type OperatorModel, type Step } from './schema.ts';
import { mergeStatus, withConditions } from './status.ts';

export const failAnnotation = 'lab.clusterforge.dev/fail';
export const delayAnnotation = 'lab.clusterforge.dev/ready-after';

/** A child as expressions see it: the object, and what its health is. */
export type ObservedChild = KubeObject & { readonly ready: boolean; readonly message: string };

/** How far an object has come: when each step was done, in milliseconds since 1970. Starts anew when the object's generation changes. */
export interface Progress {
  readonly generation: number;
  readonly since: number;
  readonly done: readonly number[];
}

export interface World {
  readonly object: KubeObject;
  readonly children: readonly ObservedChild[];
  readonly progress: Progress | undefined;
  readonly now: number;
}

/** What to do about one object, from what is. */
export interface Outcome {
  readonly progress: Progress;
  /** Objects that must exist, complete with namespace; owner and labels are added by the caller. */
  readonly children: readonly KubeObject[];
  /** No step is left, so children that are not in the list are stale. */
  readonly complete: boolean;
  /** The status as it must be; absent when it is so already. */
  readonly status?: JsonObject;
  /** To be merged into the object itself; absent when it is so already. */
  readonly patch?: JsonObject;
  /** When to look again though nothing changes. */
  readonly lookAgainAt?: number;
  /** What the next step waits for. */
  readonly waiting?: string;
  readonly problems: readonly Diagnostic[];
}

/**
 * One look at one object: pure, so that a look too many does no harm. Walks the steps as far as times and conditions allow; everything reached is in
 * force at once. An expression that fails ends the walk there and is a problem, never a wrong status.
 */
export function reconcile(model: OperatorModel, world: World, cel: Cel): Outcome {
  const generation = Number(world.object.metadata['generation'] ?? 0);
  const progress =
    world.progress?.generation === generation ? world.progress : { generation, since: world.now, done: [] };
  const steps = stepsFor(model, world.object);
  const walked = walk(steps, { ...world, progress }, cel);
  const status = withConditions(walked.status, walked.conditions, {
    current: world.object['status'],
    generation,
    now: new Date(world.now),
  });
  return {
    progress: { ...progress, done: walked.done },
    children: walked.children,
    complete: walked.problems.length === 0 && walked.done.length === steps.length,
    problems: walked.problems,
    ...(walked.lookAgainAt === undefined ? {} : { lookAgainAt: walked.lookAgainAt }),
    ...(walked.waiting === undefined ? {} : { waiting: walked.waiting }),
    ...(covers(world.object['status'], status) ? {} : { status }),
    ...(covers(world.object, walked.patch) ? {} : { patch: walked.patch }),
  };
}

function stepsFor(model: OperatorModel, object: KubeObject): readonly Step[] {
  const mode = fieldAt(object, 'metadata', 'annotations', failAnnotation);
  const { steps, failures } = model.spec;
  if (mode === 'never') return [];
  if (mode === 'stuck')
    return [
      ...steps.slice(0, -1),
      { after: 0, until: 'false', waiting: 'nothing: it is told to be stuck', children: [], conditions: [] },
    ];
  const chosen = (typeof mode === 'string' ? failures[mode] : undefined) ?? steps;
  const wish = fieldAt(object, 'metadata', 'annotations', delayAnnotation);
  const delay = (typeof wish === 'string' ? readDuration(wish) : undefined) ?? 0;
  return chosen.map((step, index) => (index === chosen.length - 1 ? { ...step, after: step.after + delay } : step));
}

interface Walked {
  done: number[];
  children: KubeObject[];
  status: JsonObject;
  patch: JsonObject;
  conditions: { type: string; status: string; reason: string; message: string }[];
  problems: readonly Diagnostic[];
  lookAgainAt?: number;
  waiting?: string;
}

type Started = World & { readonly progress: Progress };

function walk(steps: readonly Step[], world: Started, cel: Cel): Walked {
  const walked: Walked = { done: [], children: [], status: {}, patch: {}, conditions: [], problems: [] };
  for (const [index, step] of steps.entries()) {
    const before = walked.done.at(-1) ?? world.progress.since;
    const doneAt = world.progress.done[index] ?? (before + step.after <= world.now ? world.now : undefined);
    if (doneAt === undefined) return { ...walked, lookAgainAt: before + step.after };
    try {
      const blocked = take(step, { walked, world, cel, doneAt });
      if (blocked) return { ...walked, waiting: step.waiting ?? step.until ?? '' };
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      return { ...walked, problems: diagnosticsOf(error).map((problem) => inStep(problem, index)) };
    }
    walked.done.push(doneAt);
  }
  return walked;
}

interface Taking {
  readonly walked: Walked;
  readonly world: Started;
  readonly cel: Cel;
  readonly doneAt: number;
}

/** Puts one step in force; true when it must wait. Throws what its expressions throw. */
function take(step: Step, { walked, world, cel, doneAt }: Taking): boolean {
  const scope = {
    object: world.object,
    children: world.children,
    now: new Date(doneAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
  if (step.when !== undefined && !cel.compile(step.when).test(scope)) return false;
  if (step.until !== undefined && !cel.compile(step.until).test(scope)) return true;
  const evaluate = (value: Json): Json => valueOf(interpolate(value, scope, { cel }));
  const children = expandChildren(step.children, { scope, cel });
  const status = asObject(evaluate(step.status ?? {}));
  const patch = asObject(evaluate(step.patch ?? {}));
  const conditions = step.conditions.map((condition) => ({
    type: condition.type,
    status: textOf(evaluate(condition.status)),
    reason: textOf(evaluate(condition.reason)),
    message: textOf(evaluate(condition.message)),
  }));
  walked.children.push(...children);
  walked.status = mergeStatus(walked.status, status);
  walked.patch = mergeStatus(walked.patch, patch);
  walked.conditions = [
    ...walked.conditions.filter(({ type }) => conditions.every((later) => later.type !== type)),
    ...conditions,
  ];
  return false;
}

function inStep(problem: Diagnostic, index: number): Diagnostic {
  const path = `spec.steps[${index}]${problem.where?.path === undefined ? '' : `: ${problem.where.path}`}`;
  return { ...problem, where: { ...problem.where, path } };
}

/** True when everything wanted is there already: maps may hold more, lists and scalars are equal. */
function covers(actual: Json | undefined, wanted: Json): boolean {
  if (isObject(wanted))
    return Object.entries(wanted).every(([key, value]) => covers(isObject(actual) ? actual[key] : undefined, value));
  return JSON.stringify(actual ?? null) === JSON.stringify(wanted);
}

function valueOf(result: ReturnType<typeof interpolate>): Json {
  if (result.ok) return result.value;
  const [first] = result.failure;
  throw new ForgeError(
    first?.code ?? 'E_LAB_MODEL',
    3,
    { what: first?.what ?? 'an expression failed' },
    { diagnostics: result.failure },
  );
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
