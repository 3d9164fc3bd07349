import { isObject } from '@cluster-forge/base';
import { fieldAt, printObject } from '@cluster-forge/kube/object';
import { matchesSelector } from '../../objects/selector.ts';
import { placeOf } from '../../objects/set.ts';
import { checkErrors } from '../errors.ts';
import type { CheckRule } from '../rule.ts';

const SELECTING: ReadonlySet<string> = new Set([
  'Deployment.apps',
  'StatefulSet.apps',
  'DaemonSet.apps',
  'ReplicaSet.apps',
]);

/** A workload selects the pods it makes. */
export const selectors: CheckRule = {
  name: 'selectors',
  check: ({ set }) =>
    set.members
      .filter(({ kind }) => SELECTING.has(kind))
      .flatMap((member) => {
        const selector = fieldAt(member.manifest.object, 'spec', 'selector');
        const labels = fieldAt(member.manifest.object, 'spec', 'template', 'metadata', 'labels');
        const empty = isObject(selector) && Object.keys(selector).length === 0;
        if (!isObject(selector) || (!empty && matchesSelector(selector, labels))) return [];
        return checkErrors.E_CHECK_SELECTOR.diagnostic({
          what: `${printObject(member.id)}: spec.selector does not match the labels of spec.template`,
          why: 'the API server refuses a workload that would not find its own pods',
          fix: 'give the pod template the labels of the selector',
          where: placeOf(member, 'spec.selector'),
        });
      }),
};
