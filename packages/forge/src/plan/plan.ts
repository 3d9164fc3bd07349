import { type Diagnostic, failed, ok, type Result } from '@cluster-forge/base';
import { directedGraph, levelsOf } from '@cluster-forge/base/graph/graph';
import { printObject } from '@cluster-forge/kube/object';
import type { Platform } from '../config/platform.ts';
import type { Rendered } from '../smelt/rendered.ts';
import { describeCycles } from './cycles.ts';
import { inferEdges } from './edges/edges.ts';
import { interceptionEdges } from './edges/interception.ts';
import { planErrors } from './errors.ts';
import type { Graph } from './graph.ts';
import { mergeEdges } from './merge.ts';
import { readObjects } from '../objects/readable.ts';
import { indexObjects, type ObjectSet, placeOf } from '../objects/set.ts';
import { structureOf } from './structure.ts';

/**
 * The order of a platform: pure, the same for the same objects in any order.
 *
 * **What a declared need gates.** `required/ready -> dependent/start` holds back what *acts* in the dependent: workloads, custom resources,
 * webhooks, policies, claims. What only *is* (early.ts: namespaces, CRDs, RBAC, ConfigMaps, Services, ...) waits for nothing but what it names
 * itself, so CRDs of every component go to the API server in one early burst and are established while workloads start. The same holds
 * within a component: hooks that run before (`pre`) hold back what acts among the main objects; hooks that run after (`post`) wait for every
 * main object to be ready, whatever they are.
 *
 * **What objects say themselves** (edges/, references/): CRD before custom resource, namespace before content, a name before who uses it,
 * permissions before pods, serving Service before webhook and APIService, webhook before what it intercepts.
 *
 * Ids: `objectKey` for objects and generated secrets, `component/<name>/start|ready`, `component/<name>/<phase>` between them.
 * Fails with E_PLAN_CYCLE and E_PLAN_NEEDS_CYCLE, all at once; before that with E_PLAN_DUPLICATE, or E_MANIFEST_YAML for what cannot be read.
 */
export function plan(platform: Platform, rendered: readonly Rendered[]): Result<Graph> {
  const { findings } = readObjects(rendered);
  if (findings.length > 0) return failed(findings);
  const set = indexObjects(platform, rendered);
  const duplicates = findDuplicates(set);
  if (duplicates.length > 0) return failed(duplicates);

  const byComponent = Map.groupBy(set.members, ({ component }) => component);
  const structures = rendered.map(({ component }) => structureOf(component, set, byComponent.get(component) ?? []));
  const nodes = structures.flatMap((structure) => structure.nodes).sort((a, b) => (a.id < b.id ? -1 : 1));
  const hard = [...structures.flatMap((structure) => structure.edges), ...inferEdges(set)];
  const edges = mergeEdges([...hard, ...interceptionEdges(set, hard)]);

  const directed = directedGraph(
    nodes.map(({ id }) => id),
    edges,
  );
  const { levels, blocked } = levelsOf(directed);
  if (blocked.length > 0) return failed(describeCycles(directed, nodes, edges, set));
  return ok({ nodes, edges, waves: levels }, absentNeeds(platform, set));
}

/** The same object twice, or an object that is also a generated secret. */
function findDuplicates(set: ObjectSet): readonly Diagnostic[] {
  return set.members.flatMap((member) => {
    const first = set.byKey.get(member.key);
    const secret = set.secrets.get(member.key);
    if (first === member && secret === undefined) return [];
    const other = first === undefined || first === member ? secret?.spec.where : placeOf(first);
    const owner = first === undefined || first === member ? secret?.component : first.component;
    return planErrors.E_PLAN_DUPLICATE.diagnostic({
      what: `${printObject(member.id)} is described by ${member.component} and again by ${owner}`,
      why: 'the one applied last would win, and a prune of one component would delete the object of the other',
      fix: 'remove one of the two, or give it another name',
      where: placeOf(member),
      related: other === undefined ? [] : [other],
    });
  });
}

function absentNeeds(platform: Platform, set: ObjectSet): readonly Diagnostic[] {
  return platform.components
    .filter(({ name }) => set.components.has(name))
    .flatMap((component) =>
      component.requires
        .filter(({ component: needed }) => !set.components.has(needed))
        .map((need) =>
          planErrors.E_PLAN_NEED_ABSENT.warning({
            what: `${component.name} requires ${need.reason}, and component ${need.component} is not part of this release`,
            why: 'nothing waits for it: it is taken to run already',
            fix: `add ${need.component}, or make sure that it runs before the deploy`,
            where: component.where,
          }),
        ),
    );
}
