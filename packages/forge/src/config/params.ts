import {
  isObject,
  printPath,
  suggest,
  type Diagnostic,
  type Json,
  type JsonObject,
  type Path,
  type Where,
} from '@cluster-forge/base';
import { expressionsIn, interpolate } from '@cluster-forge/base/cel/interpolate';
import { cyclesOf, printCycle } from '@cluster-forge/base/graph/cycles';
import { directedGraph, topology } from '@cluster-forge/base/graph/graph';
import type { Locate } from './check-schema.ts';
import { configErrors } from './errors.ts';
import { leavesOf, locate, nodeAt, valueOf, type LayerPart, type Tree } from './layers.ts';
import { violation } from './param-value.ts';
import type { Loading } from './request.ts';
import { isDeclaration, type ParamDeclaration, type ParamDeclarations } from './schema/params.ts';

/** A declared param with its place. */
export interface Param {
  readonly path: Path;
  /** The component that declares it; absent for stacks. Its params are required only while it is enabled. */
  readonly component?: string;
  readonly declaration: ParamDeclaration;
  readonly layer: string;
  readonly where: Where;
}

/** Params by printed path. */
export type Params = ReadonlyMap<string, Param>;

/** The declarations of one file. */
export interface ParamSource {
  readonly layer: string;
  readonly component?: string;
  readonly declarations: ParamDeclarations;
  readonly where: Locate;
}

/** All params of a platform. A stronger file may declare one again, with another default, but not with another type. */
export function collectParams(sources: readonly ParamSource[], loading: Loading): Params {
  const params = new Map<string, Param>();
  for (const source of sources) {
    for (const param of flatten(source, source.declarations, [])) {
      const key = printPath(param.path);
      const weaker = params.get(key);
      if (weaker !== undefined && weaker.declaration.type !== param.declaration.type)
        loading.problems.push(clash(key, weaker, param));
      params.set(key, param);
    }
  }
  return params;
}

function flatten(source: ParamSource, declarations: ParamDeclarations, path: Path): readonly Param[] {
  return Object.entries(declarations).flatMap(([name, item]) => {
    const at = [...path, name];
    if (!isDeclaration(item)) return flatten(source, item, at);
    const { layer, component, where } = source;
    return [
      {
        path: at,
        declaration: item,
        layer,
        where: where(at, 'key'),
        ...(component === undefined ? {} : { component }),
      },
    ];
  });
}

/** The defaults as the weakest layers. */
export function paramDefaults(sources: readonly ParamSource[]): readonly LayerPart[] {
  return sources.flatMap((source) =>
    flatten(source, source.declarations, []).flatMap(({ path, declaration }): readonly LayerPart[] => {
      if (declaration.default === undefined) return [];
      return [
        {
          layer: source.layer,
          at: ['params', ...path],
          value: declaration.default,
          where: (below) => source.where([...path, 'default', ...below]),
        },
      ];
    }),
  );
}

/** Evaluates and checks all params. Problems go to the list; what could be found out is returned in any case. */
export function resolveParams(tree: Tree, params: Params, platform: JsonObject, loading: Loading): JsonObject {
  const raw = valueOf(nodeAt(tree, ['params'])) ?? {};
  const before = loading.problems.length;
  loading.problems.push(...unknownParams(tree, params));
  const value = isObject(raw) ? evaluate(raw, { tree, platform, loading }) : {};
  for (const [key, param] of params) {
    const found = at(value, param.path);
    const where = locate(tree, ['params', ...param.path]) ?? param.where;
    // A param that could not be evaluated has been reported already.
    const isReported = loading.problems.slice(before).some((problem) => problem.where?.path === `params.${key}`);
    if (!isReported) loading.problems.push(...check(key, found, { param, where }));
  }
  return value;
}

/** Params that must have a value and have none. Those of disabled components may stay open. */
export function missingParams(
  value: JsonObject,
  params: Params,
  isEnabled: (component: string) => boolean,
): readonly Diagnostic[] {
  return [...params].flatMap(([key, param]) => {
    const isNeeded =
      param.declaration.required === true && (param.component === undefined || isEnabled(param.component));
    if (!isNeeded || (at(value, param.path) ?? null) !== null) return [];
    const about = param.declaration.description ?? param.declaration.title;
    return [
      configErrors.E_CONFIG_PARAM_MISSING.diagnostic({
        what: `param ${key} has no value`,
        why: `${param.layer} requires it${about === undefined ? '' : `: ${about}`}`,
        fix: `set params.${key} in platform.yaml, or --set ${key}=...`,
        where: { ...param.where, path: `params.${key}` },
      }),
    ];
  });
}

function check(
  key: string,
  found: Json | undefined,
  { param, where }: { readonly param: Param; readonly where: Where },
): readonly Diagnostic[] {
  if (found === undefined || found === null) return [];
  const problem = violation(found, param.declaration);
  if (problem === undefined) return [];
  return [
    configErrors.E_CONFIG_PARAM_VALUE.diagnostic({
      what: `param ${key} ${problem.what}`,
      fix: problem.fix,
      where: { ...where, path: `params.${key}` },
      related: [param.where],
    }),
  ];
}

function unknownParams(tree: Tree, params: Params) {
  const node = nodeAt(tree, ['params']);
  const leaves = node === undefined ? [] : [...leavesOf(node)].filter(([path]) => path.length > 0);
  const isDeclared = (path: Path) => path.some((_, index) => params.has(printPath(path.slice(0, index + 1))));
  return leaves
    .filter(([path, leaf]) => leaf.kind === 'leaf' && !isDeclared(path))
    .map(([path, leaf]) => {
      const key = printPath(path);
      return configErrors.E_CONFIG_PARAM.diagnostic({
        what: `no stack or component declares the param ${key}`,
        fix: suggest(key, params.keys()) ?? 'remove it, or declare it in a stack',
        where: { ...leaf.part.where(leaf.path, 'key'), path: `params.${key}` },
      });
    });
}

interface Evaluation {
  readonly tree: Tree;
  readonly platform: JsonObject;
  readonly loading: Loading;
}

/** Params may be computed from other params: each is evaluated after those it reads. */
function evaluate(raw: JsonObject, { tree, platform, loading }: Evaluation): JsonObject {
  const names = Object.keys(raw);
  const edges = names.flatMap((to) =>
    paramsRead(raw[to] ?? null, loading)
      .filter((from) => names.includes(from))
      .map((from) => ({ from, to })),
  );
  const graph = directedGraph(names, edges);
  for (const cycle of cyclesOf(graph)) loading.problems.push(circle(cycle, locate(tree, ['params', cycle[0] ?? ''])));
  const value: Record<string, Json> = {};
  for (const node of topology(graph).order) {
    const name = graph.names[node] ?? '';
    const where = (path: Path) => ({
      ...locate(tree, ['params', name, ...path]),
      path: printPath(['params', name, ...path]),
    });
    const result = interpolate(raw[name] ?? null, { params: value, platform }, { cel: loading.cel, where });
    if (result.ok) value[name] = result.value;
    else loading.problems.push(...result.failure);
  }
  return value;
}

/** Names below `params` that a value's expressions read; all of them are not known when one reads `params` as a whole. */
function paramsRead(value: Json, { cel }: Loading): readonly string[] {
  const reads = expressionsIn(value, { cel }).flatMap(({ program }) => program.reads);
  return reads.filter(({ root }) => root === 'params').flatMap(({ path }) => path.slice(0, 1));
}

function circle(cycle: readonly string[], where: Where | undefined) {
  return configErrors.E_CONFIG_PARAM_CYCLE.diagnostic({
    what: `params are computed from each other in a circle: ${printCycle(cycle)}`,
    fix: 'give one of them a value of its own',
    where: { ...where, path: `params.${cycle[0] ?? ''}` },
  });
}

function clash(key: string, weaker: Param, stronger: Param) {
  return configErrors.E_CONFIG_PARAM_CLASH.diagnostic({
    what: `param ${key} is declared as ${stronger.declaration.type} by ${stronger.layer} and as ${weaker.declaration.type} by ${weaker.layer}`,
    fix: 'use one type, or two names',
    where: stronger.where,
    related: [weaker.where],
  });
}

function at(value: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (current, step) => (isObject(current) && Object.hasOwn(current, step) ? current[step] : undefined),
    value,
  );
}
