import type { Edge } from '../graph.ts';
import { backing } from './backing.ts';
import { definition } from './definition.ts';
import { names } from './names.ts';
import { namespaceKey, type ObjectSet } from '../../objects/set.ts';
import { namespace } from './namespace.ts';
import { permissions } from './permissions.ts';
import { type EdgeRule, inferred } from './rule.ts';

/** Every rule that finds order in objects, one file each. Interception is apart: it only orders what nothing else orders. */
export const EDGE_RULES: readonly EdgeRule[] = [definition, namespace, names, permissions, backing];

/** All inferred edges of a set. May hold an edge twice and edges from an object to itself. */
export function inferEdges(set: ObjectSet): readonly Edge[] {
  const objects = set.members.flatMap((member) => EDGE_RULES.flatMap((rule) => rule.edgesTo(member, set)));
  const secrets = [...set.secrets.values()].flatMap(({ key, spec }) => {
    const home = namespaceKey(spec.namespace);
    return set.byKey.has(home) ? [inferred(home, key, 'applied', 'secret lives in the namespace')] : [];
  });
  return [...objects, ...secrets];
}
