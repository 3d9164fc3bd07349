import type { Edge } from '../graph.ts';
import { type Reference, targetKey } from '../../objects/references/reference.ts';
import type { Member, ObjectSet } from '../../objects/set.ts';
import { type EdgeRule, inferred } from './rule.ts';

/** What an object names comes before it: rendered objects, generated secrets, and objects that a rendered one makes at run time. */
export const names: EdgeRule = {
  name: 'names',
  edgesTo: (member, set) => member.references.flatMap((reference) => edgeFor(member, reference, set)),
};

function edgeFor(member: Member, reference: Reference, set: ObjectSet): readonly Edge[] {
  const key = targetKey(reference.to);
  if (set.byKey.has(key) || set.secrets.has(key)) return [inferred(key, member.key, reference.until, reference.reason)];
  const maker = set.makers.get(key);
  if (maker === undefined || maker === member.key) return [];
  return [inferred(maker, member.key, 'ready', `${reference.reason} ${reference.to.name}, which is made here`)];
}
