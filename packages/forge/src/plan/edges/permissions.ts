import { listAt, targetKey, textAt } from '../../objects/references/reference.ts';
import type { Member, ObjectSet } from '../../objects/set.ts';
import { type EdgeRule, inferred } from './rule.ts';

/** A pod needs the permissions of its ServiceAccount when it starts: a Job that may not yet do its work fails and backs off. */
export const permissions: EdgeRule = {
  name: 'permissions',
  edgesTo: (member, set) => {
    const account = member.references.find(({ to }) => to.kind === 'ServiceAccount');
    if (account === undefined) return [];
    const bindings = bindingsBySubject(set).get(targetKey(account.to)) ?? [];
    return bindings.map((binding) =>
      inferred(binding, member.key, 'applied', 'pod has the permissions of its ServiceAccount'),
    );
  },
};

const known = new WeakMap<ObjectSet, ReadonlyMap<string, readonly string[]>>();

function bindingsBySubject(set: ObjectSet): ReadonlyMap<string, readonly string[]> {
  const found = known.get(set);
  if (found !== undefined) return found;
  const index = new Map<string, string[]>();
  for (const member of set.members) {
    for (const subject of subjectsOf(member)) index.set(subject, [...(index.get(subject) ?? []), member.key]);
  }
  known.set(set, index);
  return index;
}

function subjectsOf(member: Member): readonly string[] {
  if (!/^(?:Cluster)?RoleBinding\.rbac\./.test(member.kind)) return [];
  return listAt(member.manifest.object, 'subjects').flatMap((subject) => {
    const name = textAt(subject, 'name');
    const namespace = textAt(subject, 'namespace') ?? member.id.namespace;
    if (textAt(subject, 'kind') !== 'ServiceAccount' || name === undefined || namespace === undefined) return [];
    return [targetKey({ group: '', kind: 'ServiceAccount', namespace, name })];
  });
}
