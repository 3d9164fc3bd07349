import type { Json } from '@cluster-forge/base';
import { printObject } from '@cluster-forge/kube/object';
import { listAt, type Target } from '../objects/references/reference.ts';
import type { Member, ObjectSet } from '../objects/set.ts';

/** Kinds that operators and hooks make while they run, as resources in RBAC rules. */
const RESOURCES: Readonly<Record<string, string>> = {
  Secret: 'secrets',
  ConfigMap: 'configmaps',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
  PersistentVolumeClaim: 'persistentvolumeclaims',
};

/**
 * Who may make the object at run time, for people; undefined when nobody can be seen. Two signs: a custom resource of the namespace whose name the
 * object's name begins with (operators name their children so), and a role of the component that names the object, which is allowed to create
 * the kind (operators that make their own webhook certificate, hooks that make a first password). Signs, no proof: findings become warnings.
 */
export function possibleMaker(target: Target, user: Member, set: ObjectSet): string | undefined {
  const owner = set.members.find(
    (member) =>
      member.custom && member.id.namespace === target.namespace && target.name.startsWith(`${member.id.name}-`),
  );
  if (owner !== undefined) return `${printObject(owner.id)} may make it`;
  const resource = target.group === '' ? RESOURCES[target.kind] : undefined;
  const role = resource === undefined ? undefined : set.members.find((member) => mayCreate(member, resource, user));
  return role && `${printObject(role.id)} allows component ${user.component} to create ${resource} while it runs`;
}

function mayCreate(member: Member, resource: string, user: Member): boolean {
  if (member.component !== user.component || !/^(?:Cluster)?Role\.rbac\./.test(member.kind)) return false;
  return listAt(member.manifest.object, 'rules').some(
    (rule) =>
      has(rule, 'apiGroups', '') &&
      has(rule, 'resources', resource) &&
      (has(rule, 'verbs', 'create') || has(rule, 'verbs', 'patch')),
  );
}

function has(rule: Json, field: string, wanted: string): boolean {
  const list = listAt(rule, field);
  return list.includes(wanted) || list.includes('*');
}
