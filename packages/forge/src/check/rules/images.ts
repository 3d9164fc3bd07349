import { type Diagnostic, type Json } from '@cluster-forge/base';
import { printObject } from '@cluster-forge/kube/object';
import { placeOf, type Member } from '../../objects/set.ts';
import { checkErrors } from '../errors.ts';
import { containersOf } from '../containers.ts';
import { textAt } from '../../objects/references/reference.ts';
import type { CheckRule } from '../rule.ts';

/** Images are named by an exact tag or a digest: any other name can mean other bytes tomorrow. */
export const images: CheckRule = {
  name: 'images',
  check: ({ set }) =>
    set.members.flatMap((member) =>
      containersOf(member).flatMap(({ container, path }) => check(member, container, path)),
    ),
};

function check(member: Member, container: Json, path: string): readonly Diagnostic[] {
  const image = textAt(container, 'image');
  if (image === undefined || image.includes('@')) return [];
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  if (tag !== undefined && tag !== 'latest') return [];
  return [
    checkErrors.E_CHECK_IMAGE_TAG.warning({
      what: `${printObject(member.id)}: image ${image} ${tag === undefined ? 'has no tag' : 'has the moving tag latest'}`,
      why: 'which bytes run is decided by the registry, at a time nobody chose',
      fix: 'name an exact tag, or a digest',
      where: placeOf(member, `${path}.image`),
    }),
  ];
}
