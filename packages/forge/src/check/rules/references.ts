import { type Diagnostic, suggest } from '@cluster-forge/base';
import { printGroupKind, printObject } from '@cluster-forge/kube/object';
import { type Reference, type Target, targetKey } from '../../objects/references/reference.ts';
import { type Member, type ObjectSet, placeOf } from '../../objects/set.ts';
import { checkErrors } from '../errors.ts';
import { isAlwaysThere } from '../existing.ts';
import { possibleMaker } from '../makers.ts';
import type { CheckRule } from '../rule.ts';

/**
 * Every name leads somewhere: to an object of the platform, a generated secret, a product of a custom resource, or what every cluster has.
 * What the owner of a cluster often brings (storage, classes, runtimes) and what something may make at run time is a warning.
 */
export const references: CheckRule = {
  name: 'references',
  check: ({ set }) => {
    const names = Map.groupBy(set.members, ({ kind, id }) => `${kind}/${id.namespace ?? '-'}`);
    return set.members.flatMap((member) =>
      member.references
        .filter((reference) => !reference.optional && !leads(reference.to, set))
        .map((reference) => finding(member, reference, set, names)),
    );
  },
};

/** Kinds that clusters often have before we come; their absence from the platform is worth a warning. */
const BROUGHT_BY_CLUSTERS: ReadonlySet<string> = new Set([
  'StorageClass.storage.k8s.io',
  'PersistentVolume',
  'RuntimeClass.node.k8s.io',
  'IngressClass.networking.k8s.io',
  'GatewayClass.gateway.networking.k8s.io',
]);

function leads(target: Target, set: ObjectSet): boolean {
  const key = targetKey(target);
  return set.byKey.has(key) || set.secrets.has(key) || set.makers.has(key) || isAlwaysThere(target);
}

function finding(
  member: Member,
  { to, path, reason }: Reference,
  set: ObjectSet,
  names: ReadonlyMap<string, readonly Member[]>,
): Diagnostic {
  const kind = printGroupKind(to);
  const maker = possibleMaker(to, member, set);
  const near = suggest(
    to.name,
    (names.get(`${kind}/${to.namespace ?? '-'}`) ?? []).map(({ id }) => id.name),
  );
  const target = printObject({ apiVersion: `${to.group}/v1`, ...to });
  const problem = {
    what: `${printObject(member.id)}: ${path} names ${target}, which nothing makes`,
    why: maker === undefined ? reason : `${reason}; ${maker}`,
    fix: fixOf(to, maker, near),
    where: placeOf(member, path),
  };
  if (maker !== undefined || BROUGHT_BY_CLUSTERS.has(kind)) return checkErrors.E_CHECK_REFERENCE.warning(problem);
  return checkErrors.E_CHECK_REFERENCE.diagnostic(problem);
}

function fixOf(to: Target, maker: string | undefined, near: string | undefined): string {
  if (maker !== undefined) return 'nothing to do when it is made at run time; otherwise add it';
  if (near?.startsWith('did you mean') === true) return near;
  if (to.kind === 'Secret') return `declare the secret ${to.name} in the component's secrets, or add the object`;
  if (BROUGHT_BY_CLUSTERS.has(printGroupKind(to)))
    return `make sure that the cluster has it, or add the component that brings it`;
  return `add the ${to.kind} ${to.name}, or change the name`;
}
