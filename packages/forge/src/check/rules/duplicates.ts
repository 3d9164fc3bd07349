import { printObject } from '@cluster-forge/kube/object';
import { placeOf } from '../../objects/set.ts';
import { checkErrors } from '../errors.ts';
import type { CheckRule } from '../rule.ts';

/** No object comes twice, and none is also a generated secret. */
export const duplicates: CheckRule = {
  name: 'duplicates',
  check: ({ set }) =>
    set.members.flatMap((member) => {
      const first = set.byKey.get(member.key);
      const secret = set.secrets.get(member.key);
      const other =
        first !== undefined && first !== member
          ? { owner: `component ${first.component}`, place: placeOf(first) }
          : secret && { owner: `a generated secret of component ${secret.component}`, place: secret.spec.where };
      if (other === undefined) return [];
      return checkErrors.E_CHECK_DUPLICATE.diagnostic({
        what: `${printObject(member.id)} of component ${member.component} is also described by ${other.owner}`,
        why: 'the one applied last would win, and removing one would delete the object of the other',
        fix: 'remove one of the two, or give it another name',
        where: placeOf(member),
        related: [other.place],
      });
    }),
};
