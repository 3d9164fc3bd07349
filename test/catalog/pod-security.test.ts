import type { JsonObject } from '@cluster-forge/base';
import { describe, expect, test } from 'vitest';
import { restrictedViolations } from './pod-security.ts';

const goodContainer: JsonObject = {
  name: 'c',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};
const good: JsonObject = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [goodContainer],
  volumes: [{ name: 'v', emptyDir: {} }],
};

function withContainer(changes: JsonObject): JsonObject {
  return { ...good, containers: [{ ...goodContainer, ...changes }] };
}

function withSecurity(changes: JsonObject): JsonObject {
  return withContainer({
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...changes },
  });
}

test('a restricted pod has no findings, whether pod or container says so', () => {
  expect(restrictedViolations(good)).toEqual([]);
  const byContainer = withSecurity({
    runAsNonRoot: true,
    seccompProfile: { type: 'Localhost', localhostProfile: 'p' },
  });
  expect(restrictedViolations({ ...byContainer, securityContext: {} })).toEqual([]);
});

/** Each from the table of the standard; what the API server refuses for the same reason. */
describe('findings', () => {
  const table: readonly (readonly [string, JsonObject])[] = [
    ['hostNetwork is true', { ...good, hostNetwork: true }],
    ['hostPID is true', { ...good, hostPID: true }],
    ['volume v is a hostPath', { ...good, volumes: [{ name: 'v', hostPath: { path: '/' } }] }],
    ['volume v is a nfs', { ...good, volumes: [{ name: 'v', nfs: { server: 's', path: '/' } }] }],
    [
      'sysctl kernel.msgmax is not a safe one',
      {
        ...good,
        securityContext: {
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
          sysctls: [{ name: 'kernel.msgmax', value: '1' }],
        },
      },
    ],
    ['containers[0] is privileged', withSecurity({ privileged: true })],
    ['containers[0] allows privilege escalation', withSecurity({ allowPrivilegeEscalation: true })],
    ['containers[0] does not drop ALL capabilities', withSecurity({ capabilities: {} })],
    [
      'containers[0] adds the capabilities NET_RAW',
      withSecurity({ capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }),
    ],
    ['containers[0] may run as root', withSecurity({ runAsNonRoot: false })],
    ['containers[0] runs as user 0', withSecurity({ runAsUser: 0 })],
    ['containers[0] has no seccomp profile', withSecurity({ seccompProfile: { type: 'Unconfined' } })],
    ['containers[0] changes its procMount', withSecurity({ procMount: 'Unmasked' })],
    ['containers[0] takes a port of its host', withContainer({ ports: [{ containerPort: 80, hostPort: 80 }] })],
  ];
  test.each(table)('%s', (finding, spec) => {
    expect(restrictedViolations(spec)).toEqual([finding]);
  });

  test('init containers count as well', () => {
    expect(restrictedViolations({ ...good, initContainers: [{ name: 'i' }] })).toEqual([
      'initContainers[0] allows privilege escalation',
      'initContainers[0] does not drop ALL capabilities',
    ]);
  });
});
