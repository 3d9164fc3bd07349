import type { KubeObject } from '@cluster-forge/kube/object';
import { labErrors } from '../errors.ts';
import { gpuLabels } from './gpu.ts';
import type { NodeGroup, NodeProfile } from './profile.ts';

const defaultZones = ['zone-a', 'zone-b', 'zone-c'];

/** The kubelet that a lab's nodes say they run; the control plane's version. */
const kubeletVersion = 'v1.36.3';

/** Node objects of some groups, as their kubelets would register them, ready at once. Names are `<profile>-<number>`. Throws E_LAB_NODES. */
export function nodesOf(groups: readonly NodeGroup[], now: number): readonly KubeObject[] {
  const places = groups.flatMap(({ profile, count, zones = defaultZones }) =>
    Array.from({ length: count }, (_, index) => ({ profile, index, zone: zones[index % zones.length] ?? 'zone-a' })),
  );
  const nodes = places.map((place, number) => nodeOf(place, number, now));
  const names = nodes.map(({ metadata }) => metadata.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return nodes;
  throw labErrors.E_LAB_NODES({
    what: `two nodes would be called ${twice}`,
    why: 'two node groups have profiles of the same name',
    fix: 'give each profile its own name',
  });
}

interface Place {
  readonly profile: NodeProfile;
  /** Number within its group. */
  readonly index: number;
  readonly zone: string;
}

/** `number` counts all nodes of the lab: it gives each its own address and its own range of pod addresses. */
function nodeOf({ profile, index, zone }: Place, number: number, now: number): KubeObject {
  const name = `${profile.name}-${index}`;
  const resources = resourcesOf(profile);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: labelsOf(profile, name, zone),
      annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
    },
    // A provider id keeps cloud controllers of a mixed cluster from deleting the node.
    spec: {
      providerID: `forge-lab://${zone}/${name}`,
      podCIDR: podRange(number),
      podCIDRs: [podRange(number)],
      ...(profile.taints === undefined ? {} : { taints: profile.taints.map((taint) => ({ ...taint })) }),
    },
    status: {
      capacity: resources,
      allocatable: resources,
      phase: 'Running',
      addresses: [
        { type: 'InternalIP', address: `10.0.${Math.floor(number / 250)}.${(number % 250) + 1}` },
        { type: 'Hostname', address: name },
      ],
      conditions: conditions(new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')),
      nodeInfo: nodeInfo(profile),
    },
  };
}

/** A /24 in 10.128.0.0/9, which holds 32,768 of them. */
function podRange(number: number): string {
  return `10.${128 + Math.floor(number / 256)}.${number % 256}.0/24`;
}

function resourcesOf({ cpu, memory, pods, ephemeralStorage, gpu }: NodeProfile): Record<string, string> {
  return {
    cpu,
    memory,
    pods: String(pods),
    'ephemeral-storage': ephemeralStorage,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    ...(gpu === undefined ? {} : { [gpu.resource]: String(gpu.count) }),
  };
}

function labelsOf(profile: NodeProfile, name: string, zone: string): Record<string, string> {
  const architecture = profile.architecture ?? 'amd64';
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': architecture,
    'node.kubernetes.io/instance-type': profile.name,
    'topology.kubernetes.io/region': 'lab',
    'topology.kubernetes.io/zone': zone,
    'feature.node.kubernetes.io/system-os_release.ID': 'ubuntu',
    'feature.node.kubernetes.io/system-os_release.VERSION_ID': '24.04',
    ...(profile.gpu === undefined ? {} : gpuLabels(profile.gpu)),
    ...profile.labels,
  };
}

function conditions(at: string) {
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  });
  return [
    condition('Ready', 'True', 'KubeletReady', 'simulated kubelet is ready'),
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'simulated'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'simulated'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'simulated'),
    condition('NetworkUnavailable', 'False', 'RouteCreated', 'simulated'),
  ];
}

function nodeInfo({ architecture = 'amd64' }: NodeProfile) {
  return {
    architecture,
    operatingSystem: 'linux',
    osImage: 'Ubuntu 24.04 LTS (simulated)',
    kernelVersion: '6.8.0-simulated',
    containerRuntimeVersion: 'containerd://2.0.0-simulated',
    kubeletVersion,
    kubeProxyVersion: '',
    bootID: '',
    machineID: '',
    systemUUID: '',
  };
}
