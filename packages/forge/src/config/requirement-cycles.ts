import type { Diagnostic, Where } from '@cluster-forge/base';
import { cyclesOf } from '@cluster-forge/base/graph/cycles';
import { directedGraph } from '@cluster-forge/base/graph/graph';
import type { ComponentFiles } from './component-files.ts';
import { configErrors } from './errors.ts';
import type { Component } from './platform.ts';

/** Circles in what components require, each with its path and the reason of every step. */
export function requirementCycles(
  components: readonly Component[],
  files: ReadonlyMap<string, ComponentFiles>,
): readonly Diagnostic[] {
  const edges = components.flatMap(({ name, requires }) =>
    requires.map(({ component }) => ({ from: name, to: component })),
  );
  const graph = directedGraph(
    components.map(({ name }) => name),
    edges,
  );
  return cyclesOf(graph).map((cycle) => describe(cycle, components, files));
}

function describe(
  cycle: readonly string[],
  components: readonly Component[],
  files: ReadonlyMap<string, ComponentFiles>,
): Diagnostic {
  const steps = cycle.map((from, index) => {
    const to = cycle[(index + 1) % cycle.length] ?? from;
    const reason =
      components.find(({ name }) => name === from)?.requires.find(({ component }) => component === to)?.reason ?? '';
    return `${from} needs ${reason}${reason.endsWith(` ${to}`) ? '' : ` from ${to}`}`;
  });
  const places = cycle.flatMap((name): readonly Where[] => {
    const main = files.get(name)?.main;
    return main === undefined ? [] : [main.where(['spec', 'requires'], 'key')];
  });
  return configErrors.E_CONFIG_REQUIRES_CYCLE.diagnostic({
    what: `components require each other in a circle: ${steps.join(', ')}`,
    why: 'none of them could ever start',
    fix: 'remove one requirement, or make it conditional with when',
    ...(places[0] === undefined ? {} : { where: places[0] }),
    related: places.slice(1),
  });
}
