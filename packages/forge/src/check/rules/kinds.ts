import { type Diagnostic, suggest } from '@cluster-forge/base';
import { groupOf, printObject } from '@cluster-forge/kube/object';
import { builtinKinds, builtinVersions } from '@cluster-forge/kube/schema/builtin';
import { type Member, type ObjectSet, placeOf } from '../../objects/set.ts';
import { removedApi } from '../api-history.ts';
import { checkErrors } from '../errors.ts';
import type { CheckInput, CheckRule } from '../rule.ts';
import { type KnownKind, versionOf } from '../schema-book.ts';

/** Every kind is defined, in the version used, and its objects lie where the kind says. */
export const kinds: CheckRule = {
  name: 'kinds',
  check: (input) => input.set.members.flatMap((member) => check(member, input)),
};

function check(member: Member, { set, schemas }: CheckInput): readonly Diagnostic[] {
  const kind = schemas.kindOf(member);
  if (kind === undefined) return removedApi(member.id) === undefined ? [undefinedKind(member, set)] : [];
  return [...unserved(member, kind), ...misplaced(member, kind)];
}

function undefinedKind(member: Member, set: ObjectSet): Diagnostic {
  const { id } = member;
  return checkErrors.E_CHECK_KIND.diagnostic({
    what: `${printObject(id)}: nothing defines the kind ${id.kind} of ${id.apiVersion}`,
    why: member.custom
      ? 'no CRD of this platform defines it, so the API server answers 404'
      : 'the API server of the target does not serve it',
    fix: fixOf(member, set),
    where: placeOf(member, 'kind'),
  });
}

/** The version that serves the kind, the kind that was meant, or the component that is missing. */
function fixOf({ id, custom }: Member, set: ObjectSet): string {
  const group = groupOf(id.apiVersion);
  const [version] = builtinVersions(group, id.kind);
  if (version !== undefined) return `write it as ${version}`;
  const defined = [...set.crds.values()].filter(({ head }) => head.group === group).map(({ head }) => head.kind);
  const known = custom ? defined : builtinKinds(id.apiVersion);
  return (
    suggest(id.kind, known) ??
    (custom ? 'add the component that brings its CRD' : 'use an apiVersion that the target serves')
  );
}

function unserved(member: Member, kind: KnownKind): readonly Diagnostic[] {
  if (kind.from === 'builtin') return [];
  const version = versionOf(member.id.apiVersion);
  const served = kind.head.versions.filter((one) => one.served).map(({ name }) => name);
  if (served.includes(version)) return [];
  return [
    checkErrors.E_CHECK_KIND.diagnostic({
      what: `${printObject(member.id)}: its CRD does not serve version ${version}`,
      why: `the CRD serves ${served.join(', ') || 'no version'}`,
      fix: `write it as ${kind.head.group}/${served.at(-1) ?? version}`,
      where: placeOf(member, 'apiVersion'),
      related: [placeOf(kind.crd, 'spec.versions')],
    }),
  ];
}

/** The API server ignores the namespace of a cluster-wide object; an object without its namespace has no address. */
function misplaced(member: Member, kind: KnownKind): readonly Diagnostic[] {
  if ((member.id.namespace !== undefined) === kind.namespaced) return [];
  const where = placeOf(member, 'metadata.namespace');
  if (kind.namespaced) {
    return [
      checkErrors.E_CHECK_SCOPE.diagnostic({
        what: `${printObject(member.id)} has no namespace`,
        why: `${member.id.kind} is a namespaced kind`,
        fix: 'set metadata.namespace, or the namespace of its component',
        where,
      }),
    ];
  }
  return [
    checkErrors.E_CHECK_SCOPE.warning({
      what: `${printObject(member.id)} has a namespace`,
      why: `${member.id.kind} is a cluster-wide kind, and the API server ignores the namespace`,
      fix: 'remove metadata.namespace',
      where,
    }),
  ];
}
