import type { Edge } from '../graph.ts';
import type { Member, ObjectSet } from '../../objects/set.ts';

/** One way of finding order in the objects themselves. Pure; looks things up in the set's indexes, never through all members per member. */
export interface EdgeRule {
  readonly name: string;
  /** Edges that end at this object. */
  readonly edgesTo: (member: Member, set: ObjectSet) => readonly Edge[];
}

/** An inferred edge. */
export function inferred(from: string, to: string, until: Edge['until'], reason: string): Edge {
  return { from, to, until, origin: 'inferred', reason };
}
