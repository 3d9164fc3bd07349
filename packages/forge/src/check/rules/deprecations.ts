import type { Diagnostic } from '@cluster-forge/base';
import { printObject } from '@cluster-forge/kube/object';
import { type Member, placeOf } from '../../objects/set.ts';
import { deprecatedApi, removedApi } from '../api-history.ts';
import { checkErrors } from '../errors.ts';
import type { CheckRule } from '../rule.ts';

/** API versions that the target does not serve any more, or that it is better not to write any more. */
export const deprecations: CheckRule = {
  name: 'deprecations',
  check: ({ set, kubernetesMinor }) => set.members.flatMap((member) => check(member, kubernetesMinor)),
};

function check(member: Member, kubernetesMinor: number): readonly Diagnostic[] {
  const { id } = member;
  const where = placeOf(member, 'apiVersion');
  const removed = removedApi(id);
  if (removed !== undefined && kubernetesMinor >= removed.removedIn) {
    return [
      checkErrors.E_CHECK_API_REMOVED.diagnostic({
        what: `${printObject(id)}: Kubernetes 1.${kubernetesMinor} does not serve ${id.kind} in ${id.apiVersion}`,
        why: `it was removed in Kubernetes 1.${removed.removedIn}`,
        fix:
          removed.use === undefined
            ? 'remove the object: the kind has no successor'
            : `write it as ${removed.use}; a newer version of its chart probably does`,
        where,
      }),
    ];
  }
  const deprecated =
    removed === undefined ? deprecatedApi(id, kubernetesMinor) : { use: removed.use ?? 'no object of this kind' };
  if (deprecated === undefined) return [];
  return [
    checkErrors.E_CHECK_API_DEPRECATED.warning({
      what: `${printObject(id)}: ${id.apiVersion} ${id.kind} is deprecated`,
      why:
        removed === undefined
          ? 'Kubernetes keeps it for old clients only'
          : `Kubernetes 1.${removed.removedIn} does not serve it any more`,
      fix: `use ${deprecated.use}`,
      where,
    }),
  ];
}
