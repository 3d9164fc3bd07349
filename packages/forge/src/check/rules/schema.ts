import type { Diagnostic } from '@cluster-forge/base';
import { printObject } from '@cluster-forge/kube/object';
import { builtinDialect } from '@cluster-forge/kube/schema/builtin';
import { isCrd } from '@cluster-forge/kube/schema/crd-head';
import type { Violation } from '@cluster-forge/kube/schema/schema';
import { validate } from '@cluster-forge/kube/schema/validate';
import { type Member, placeOf } from '../../objects/set.ts';
import { checkErrors } from '../errors.ts';
import type { CheckRule } from '../rule.ts';
import { customDialect, type SchemaBook } from '../schema-book.ts';

/** Every object fits the schema of its kind. CRDs themselves are not parsed for it: the API server says quickly what is wrong with one. */
export const schema: CheckRule = {
  name: 'schema',
  check: ({ set, schemas }) =>
    set.members
      .filter(({ manifest }) => !isCrd(manifest))
      .flatMap((member) => violationsOf(member, schemas).map((violation) => finding(member, violation))),
};

function violationsOf(member: Member, schemas: SchemaBook): readonly Violation[] {
  const kind = schemas.kindOf(member);
  const { object } = member.manifest;
  if (kind?.from === 'builtin') return validate(object, kind.schema, builtinDialect);
  const custom = kind === undefined ? undefined : schemas.customSchema(member);
  if (custom === undefined) return [];
  const metadata = validate(object.metadata, { $ref: 'meta.v1/ObjectMeta' }, builtinDialect, 'metadata');
  return [...metadata, ...validate(object, custom, customDialect)];
}

function finding(member: Member, { path, problem, fix }: Violation): Diagnostic {
  const field = path === '' ? 'the object' : path;
  return checkErrors.E_CHECK_SCHEMA.diagnostic({
    what: `${printObject(member.id)}: ${field} ${problem}`,
    why: `the schema of ${member.id.apiVersion} ${member.id.kind} says so, and the API server refuses what does not fit`,
    fix: fix ?? 'change the field in the values of its component, or in its source',
    where: placeOf(member, path),
  });
}
