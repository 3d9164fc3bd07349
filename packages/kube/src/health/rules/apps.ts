import type { HealthRule } from '../verdict.ts';
import { conditionIs, conditionText, count, countText, is, present, text, valueOf } from './expression.ts';

const wanted = count('spec.replicas', 1);
const wantedText = countText('spec.replicas', 1);
const notSeen = { when: `!(${present('status.observedGeneration')})`, message: text('not seen by its controller yet') };

/** `1 of 3 replicas ready`. */
function behind(field: string, what: string) {
  return {
    when: `${count(field)} < ${wanted}`,
    message: `${countText(field)} + " of " + ${wantedText} + ${text(` replicas ${what}`)}`,
  };
}

const surplus = (field: string) => ({
  when: `${count('status.replicas')} > ${count(field)}`,
  message: `string(${count('status.replicas')} - ${count(field)}) + " old replicas still running"`,
});

const deployment: HealthRule = {
  group: 'apps',
  kind: 'Deployment',
  failed: [
    { when: conditionIs('Progressing', 'False', ['ProgressDeadlineExceeded']), message: conditionText('Progressing') },
    { when: conditionIs('ReplicaFailure', 'True'), message: conditionText('ReplicaFailure') },
  ],
  suspended: [
    {
      when: `${valueOf('spec.paused', 'false')} && ${count('status.availableReplicas')} < ${wanted}`,
      message: text('rollout is paused (spec.paused)'),
    },
  ],
  progressing: [
    notSeen,
    behind('status.updatedReplicas', 'updated'),
    surplus('status.updatedReplicas'),
    behind('status.readyReplicas', 'ready'),
    behind('status.availableReplicas', 'available'),
  ],
};

const onDelete = (field: string) => is(field, 'OnDelete');

const statefulSet: HealthRule = {
  group: 'apps',
  kind: 'StatefulSet',
  progressing: [
    notSeen,
    behind('status.replicas', 'created'),
    surplus('spec.replicas'),
    behind('status.readyReplicas', 'ready'),
    {
      when: `!${onDelete('spec.updateStrategy.type')} && ${count('status.updatedReplicas')} + ${count('spec.updateStrategy.rollingUpdate.partition')} < ${wanted}`,
      message: `${countText('status.updatedReplicas')} + " of " + ${wantedText} + " replicas updated"`,
    },
    {
      when: [
        `!${onDelete('spec.updateStrategy.type')}`,
        `${count('spec.updateStrategy.rollingUpdate.partition')} == 0`,
        `${wanted} > 0`,
        `${valueOf('status.updateRevision', '""')} != ${valueOf('status.currentRevision', '""')}`,
      ].join(' && '),
      message: text('rolling out a new revision'),
    },
    behind('status.availableReplicas', 'available'),
  ],
};

const desired = count('status.desiredNumberScheduled');

const daemonSet: HealthRule = {
  group: 'apps',
  kind: 'DaemonSet',
  progressing: [
    notSeen,
    ...[
      { field: 'status.currentNumberScheduled', what: 'started', always: true },
      { field: 'status.updatedNumberScheduled', what: 'updated', always: false },
      { field: 'status.numberReady', what: 'ready', always: true },
      { field: 'status.numberAvailable', what: 'available', always: true },
    ].map(({ field, what, always }) => ({
      when: `${always ? '' : `!${onDelete('spec.updateStrategy.type')} && `}${count(field)} < ${desired}`,
      message: `${countText(field)} + " of " + string(${desired}) + ${text(` pods ${what}`)}`,
    })),
  ],
};

const replicaSetProgress = [
  notSeen,
  behind('status.replicas', 'created'),
  surplus('spec.replicas'),
  behind('status.readyReplicas', 'ready'),
  behind('status.availableReplicas', 'available'),
];
const replicaSetFailure = [{ when: conditionIs('ReplicaFailure', 'True'), message: conditionText('ReplicaFailure') }];

/** Workload controllers. Zero replicas, and a DaemonSet that fits no node, are ready: that is what was asked for. */
export const apps: readonly HealthRule[] = [
  deployment,
  statefulSet,
  daemonSet,
  { group: 'apps', kind: 'ReplicaSet', failed: replicaSetFailure, progressing: replicaSetProgress },
  { group: '', kind: 'ReplicationController', failed: replicaSetFailure, progressing: replicaSetProgress },
];
