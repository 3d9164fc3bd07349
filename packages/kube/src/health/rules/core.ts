import type { HealthRule } from '../verdict.ts';
import { conditionIs, conditionText, is, present, text, valueOf } from './expression.ts';

/** Reasons of a waiting container that do not pass by waiting: pull errors, crash loops, broken configuration. */
const stuck = `(w.reason.startsWith("Err") || w.reason.endsWith("Error") || w.reason.endsWith("BackOff") || w.reason.startsWith("Invalid"))`;

function waiting(path: 'status.initContainerStatuses' | 'status.containerStatuses') {
  const reasons = `object.${path}.filter(s, has(s.state) && has(s.state.waiting) && has(s.state.waiting.reason)).map(s, {"name": s.name, "reason": s.state.waiting.reason, "message": has(s.state.waiting.message) ? s.state.waiting.message : ""})`;
  return {
    when: `${present(path)} && ${reasons}.exists(w, ${stuck})`,
    message: `${reasons}.filter(w, ${stuck}).map(w, "container " + w.name + ": " + w.reason + (w.message == "" ? "" : ": " + w.message)).join("; ")`,
  };
}

const runsToEnd = `${valueOf('spec.restartPolicy', '"Always"')} != "Always"`;
const phase = valueOf('status.phase', '""');

const pod: HealthRule = {
  group: '',
  kind: 'Pod',
  failed: [
    waiting('status.initContainerStatuses'),
    waiting('status.containerStatuses'),
    {
      when: is('status.phase', 'Failed'),
      message: `${valueOf('status.reason', '"Failed"')} + (${present('status.message')} ? ": " + object.status.message : "")`,
    },
  ],
  sufficient: [{ when: is('status.phase', 'Succeeded'), message: text('completed') }],
  progressing: [
    { when: conditionIs('PodScheduled', 'False'), message: conditionText('PodScheduled') },
    { when: `${runsToEnd} && ${phase} == "Running"`, message: text('running; ready when it has completed') },
    { when: `${phase} != "Running"`, message: `${phase} == "" ? "not seen by the scheduler yet" : ${phase}` },
    { when: `!${conditionIs('Ready', 'True')}`, message: `"running, not ready: " + ${conditionText('Ready')}` },
  ],
};

const loadBalancer = is('spec.type', 'LoadBalancer');

const service: HealthRule = {
  group: '',
  kind: 'Service',
  progressing: [
    {
      when: `${loadBalancer} && !(${present('status.loadBalancer.ingress')} && size(object.status.loadBalancer.ingress) > 0)`,
      message: text('no load balancer has given it an address yet'),
    },
  ],
};

/**
 * `related.storageClass` is the claim's class when the book can look it up. With WaitForFirstConsumer a claim stays Pending until a pod needs it, so
 * a gate that insisted on Bound would wait for a pod that may come later: Pending without a chosen node counts as ready, and says so.
 */
const claim: HealthRule = {
  group: '',
  kind: 'PersistentVolumeClaim',
  failed: [{ when: is('status.phase', 'Lost'), message: text('its volume is lost') }],
  sufficient: [
    {
      when: [
        is('status.phase', 'Pending'),
        `has(related.storageClass) && has(related.storageClass.volumeBindingMode) && related.storageClass.volumeBindingMode == "WaitForFirstConsumer"`,
        `!(has(object.metadata.annotations) && "volume.kubernetes.io/selected-node" in object.metadata.annotations)`,
      ].join(' && '),
      message: text('will be bound when its first pod is scheduled (WaitForFirstConsumer)'),
    },
  ],
  progressing: [
    {
      when: `!${is('status.phase', 'Bound')}`,
      message: `"not bound yet, storage class " + ${valueOf('spec.storageClassName', '"(default)"')}`,
    },
    { when: conditionIs('Resizing', 'True'), message: conditionText('Resizing') },
  ],
};

export const core: readonly HealthRule[] = [
  pod,
  service,
  claim,
  {
    group: '',
    kind: 'PersistentVolume',
    failed: [{ when: is('status.phase', 'Failed'), message: valueOf('status.message', '"failed"') }],
    progressing: [{ when: `${phase} == "" || ${phase} == "Pending"`, message: text('not available yet') }],
  },
  {
    group: '',
    kind: 'Namespace',
    progressing: [{ when: `${phase} != "Active"`, message: `${phase} == "" ? "not active yet" : ${phase}` }],
  },
  {
    group: '',
    kind: 'Node',
    progressing: [{ when: `!${conditionIs('Ready', 'True')}`, message: `"not ready: " + ${conditionText('Ready')}` }],
  },
];
