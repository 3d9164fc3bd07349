import { isObject } from '@cluster-forge/base';
import { fieldAt } from '@cluster-forge/kube/object';
import { POD_PATHS } from '../../objects/references/pod.ts';
import { targetKey } from '../../objects/references/reference.ts';
import { matchesLabels } from '../../objects/selector.ts';
import type { Member, ObjectSet } from '../../objects/set.ts';
import { type EdgeRule, inferred } from './rule.ts';

/** What must be served (webhooks, aggregated APIs) also waits for the workloads behind its Services: their state is what explains a long wait. */
export const backing: EdgeRule = {
  name: 'backing',
  edgesTo: (member, set) =>
    member.references
      .filter(({ until }) => until === 'serving')
      .flatMap(({ to }) => {
        const service = set.byKey.get(targetKey(to));
        const workloads = service === undefined ? [] : workloadsBehind(service, set);
        return workloads.map((workload) =>
          inferred(workload.key, member.key, 'ready', `Service ${to.name} sends to these pods`),
        );
      }),
};

/** Workloads whose pods a Service selects. None for a Service without a selector. */
export function workloadsBehind(service: Member, set: ObjectSet): readonly Member[] {
  const selector = fieldAt(service.manifest.object, 'spec', 'selector');
  if (!isObject(selector) || Object.keys(selector).length === 0) return [];
  const candidates = set.workloads.get(service.id.namespace ?? '') ?? [];
  return candidates.filter((workload) => {
    const labels = fieldAt(workload.manifest.object, ...(POD_PATHS[workload.kind] ?? []), 'metadata', 'labels');
    return matchesLabels(selector, labels);
  });
}
