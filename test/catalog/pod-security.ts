import type { Json, JsonObject } from '@cluster-forge/base';
import { fieldAt } from '@cluster-forge/kube/object';
import { objectsOf, textOf, textsOf } from './json.ts';

/** A container with its path in the pod spec, such as `initContainers[0]`. */
interface Container {
  readonly path: string;
  readonly spec: JsonObject;
}

/**
 * What a pod does against the Pod Security Standard *restricted* (https://kubernetes.io/docs/concepts/security/pod-security-standards), one line for
 * each finding; empty: the pod is admitted where that standard is enforced.
 */
export function restrictedViolations(podSpec: JsonObject): readonly string[] {
  const containers = containersOf(podSpec);
  return [
    ...hostFindings(podSpec),
    ...volumeFindings(podSpec),
    ...sysctlFindings(podSpec),
    ...containers.flatMap((container) => containerFindings(container, podSpec)),
  ];
}

export function containersOf(podSpec: JsonObject): readonly Container[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    objectsOf(podSpec[list]).map((spec, index) => ({ path: `${list}[${index}]`, spec })),
  );
}

function hostFindings(podSpec: JsonObject): readonly string[] {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((key) => podSpec[key] === true);
  const windows = fieldAt(podSpec, 'securityContext', 'windowsOptions', 'hostProcess') === true;
  return [...shared.map((key) => `${key} is true`), ...(windows ? ['hostProcess is true'] : [])];
}

const volumeKinds = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

function volumeFindings(podSpec: JsonObject): readonly string[] {
  return objectsOf(podSpec['volumes']).flatMap((volume) =>
    Object.keys(volume)
      .filter((key) => key !== 'name' && !volumeKinds.has(key))
      .map((key) => `volume ${textOf(volume['name'])} is a ${key}`),
  );
}

const safeSysctls = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);

function sysctlFindings(podSpec: JsonObject): readonly string[] {
  return objectsOf(fieldAt(podSpec, 'securityContext', 'sysctls'))
    .map(({ name }) => textOf(name))
    .filter((name) => !safeSysctls.has(name))
    .map((name) => `sysctl ${name} is not a safe one`);
}

function containerFindings({ path, spec }: Container, podSpec: JsonObject): readonly string[] {
  const own = (...steps: readonly string[]): Json | undefined => fieldAt(spec, 'securityContext', ...steps);
  /** A container's setting wins over its pod's. */
  const effective = (...steps: readonly string[]): Json | undefined =>
    own(...steps) ?? fieldAt(podSpec, 'securityContext', ...steps);
  const added = textsOf(own('capabilities', 'add')).filter((name) => name !== 'NET_BIND_SERVICE');
  const findings: readonly (readonly [boolean, string])[] = [
    [own('privileged') === true, 'is privileged'],
    [own('allowPrivilegeEscalation') !== false, 'allows privilege escalation'],
    [!textsOf(own('capabilities', 'drop')).includes('ALL'), 'does not drop ALL capabilities'],
    [added.length > 0, `adds the capabilities ${added.join(', ')}`],
    [effective('runAsNonRoot') !== true, 'may run as root'],
    [effective('runAsUser') === 0, 'runs as user 0'],
    [!['RuntimeDefault', 'Localhost'].includes(textOf(effective('seccompProfile', 'type'))), 'has no seccomp profile'],
    [!['', 'Default'].includes(textOf(own('procMount'))), 'changes its procMount'],
    [
      objectsOf(spec['ports']).some(({ hostPort }) => hostPort !== undefined && hostPort !== 0),
      'takes a port of its host',
    ],
  ];
  return findings.filter(([found]) => found).map(([, text]) => `${path} ${text}`);
}
