import {
  failed,
  isObject,
  ok,
  parsePath,
  printPath,
  suggest,
  type Json,
  type Path,
  type Result,
} from '@cluster-forge/base';
import { configErrors } from './errors.ts';
import type { Component, Origin, Platform } from './platform.ts';

/** A part of a platform with where it comes from. */
export interface Explanation {
  readonly path: string;
  /** The final value, expressions evaluated. Absent when a layer removed it. */
  readonly value?: Json;
  /** Every leaf at or below the path, in the order of the path. */
  readonly leaves: readonly ExplainedLeaf[];
}

export interface ExplainedLeaf {
  readonly path: string;
  /** The final value; absent when a layer removed it. */
  readonly value?: Json;
  /** Layers that set it, strongest first, each with the value as it was written. Empty for what no layer wrote, such as a resolved provider. */
  readonly origins: readonly Origin[];
}

/** Explains the part of a platform at a path such as `components.minio.values` or `params`; '' is all of it. Unknown paths fail with what was probably meant. */
export function explain(platform: Platform, path: string): Result<Explanation> {
  const steps = parsePath(path);
  if (steps === undefined)
    return failed([
      configErrors.E_CONFIG_PATH.diagnostic({
        what: `"${path}" is not a path`,
        fix: 'write it like components.minio.values.replicas',
      }),
    ]);
  const root = viewOf(platform);
  const value = valueAt(root, steps);
  const origins = originsBelow(platform, steps);
  if (value === undefined && origins.length === 0) return failed([unknownPath(path, steps, root)]);
  const leaves = new Map<string, ExplainedLeaf>();
  if (value !== undefined)
    for (const leaf of leavesOf(value, steps))
      leaves.set(leaf.path, { ...leaf, origins: originOf(platform, leaf.path) });
  for (const [key, chain] of origins)
    if (!leaves.has(key) && !hasLeafBelow(leaves, key)) leaves.set(key, removedOrWhole(root, key, chain));
  const sorted = [...leaves.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return ok({ path: printPath(steps), ...(value === undefined ? {} : { value }), leaves: sorted });
}

/** The platform as people address it. */
function viewOf({ name, environment, params, components, providers, disabled }: Platform): Json {
  const off = (disabled ?? []).map((component) => [component, { enabled: false }] as const);
  return {
    name,
    ...(environment === undefined ? {} : { environment }),
    params,
    components: Object.fromEntries([
      ...components.map((component) => [component.name, componentView(component)] as const),
      ...off,
    ]),
    providers,
  };
}

function componentView({ version, namespace, values, requires, provides, gate }: Component): Json {
  return {
    enabled: true,
    version,
    namespace,
    values,
    requires: requires.map(({ component, reason }) => ({ component, reason })),
    provides,
    gate: { timeout: `${gate.timeoutMs}ms`, settle: `${gate.settleMs}ms` },
  };
}

function* leavesOf(value: Json, path: Path): Generator<{ readonly path: string; readonly value: Json }> {
  const isMap = isObject(value) && Object.keys(value).length > 0;
  if (!isMap) yield { path: printPath(path), value };
  else for (const [key, item] of Object.entries(value)) yield* leavesOf(item, [...path, key]);
}

/** Origins of a leaf. A value that one expression produced has its origin further up: at the field that holds the expression. */
function originOf({ origins }: Platform, path: string): readonly Origin[] {
  for (let steps = parsePath(path) ?? []; steps.length > 0; steps = steps.slice(0, -1)) {
    const found = origins.get(printPath(steps));
    if (found !== undefined) return found;
  }
  return [];
}

function originsBelow({ origins }: Platform, steps: Path): readonly (readonly [string, readonly Origin[]])[] {
  const prefix = printPath(steps);
  return [...origins].filter(
    ([key]) => prefix === '' || key === prefix || key.startsWith(`${prefix}.`) || key.startsWith(`${prefix}[`),
  );
}

function hasLeafBelow(leaves: ReadonlyMap<string, ExplainedLeaf>, key: string): boolean {
  return [...leaves.keys()].some((path) => path.startsWith(`${key}.`) || path.startsWith(`${key}[`));
}

function removedOrWhole(root: Json, key: string, origins: readonly Origin[]): ExplainedLeaf {
  const value = valueAt(root, parsePath(key) ?? []);
  return { path: key, ...(value === undefined ? {} : { value }), origins };
}

function valueAt(root: Json, steps: Path): Json | undefined {
  return steps.reduce<Json | undefined>((at, step) => {
    if (isObject(at)) return Object.hasOwn(at, step) ? at[step] : undefined;
    return typeof at === 'object' && at !== null && typeof step === 'number' ? at[step] : undefined;
  }, root);
}

function unknownPath(path: string, steps: Path, root: Json) {
  const depth = steps.findIndex((_, index) => valueAt(root, steps.slice(0, index + 1)) === undefined);
  const parent = valueAt(root, steps.slice(0, depth));
  const hint = isObject(parent) ? suggest(String(steps[depth]), Object.keys(parent)) : undefined;
  const place = depth === 0 ? 'the platform' : printPath(steps.slice(0, depth));
  return configErrors.E_CONFIG_PATH.diagnostic({
    what: `there is no ${path}: ${place} has no ${String(steps[depth])}`,
    fix: hint ?? 'look at what is there with forge explain',
  });
}
