import type { NodeGroup, NodeProfile } from './profile.ts';

/** Nodes as they are bought and rented. Allocatable is what remains for pods. */
export const nodeProfiles = {
  /** A general worker. */
  cpu: { name: 'cpu', cpu: '32', memory: '128Gi', ephemeralStorage: '800Gi', pods: 110 },
  /** Runs what the platform itself needs. */
  infra: {
    name: 'infra',
    cpu: '16',
    memory: '64Gi',
    ephemeralStorage: '400Gi',
    pods: 110,
    labels: { 'node-role.kubernetes.io/infra': '' },
  },
  mi300x: {
    name: 'mi300x',
    cpu: '192',
    memory: '2000Gi',
    ephemeralStorage: '14Ti',
    pods: 250,
    gpu: { resource: 'amd.com/gpu', count: 8, model: 'MI300X' },
  },
  mi325x: {
    name: 'mi325x',
    cpu: '192',
    memory: '3000Gi',
    ephemeralStorage: '14Ti',
    pods: 250,
    gpu: { resource: 'amd.com/gpu', count: 8, model: 'MI325X' },
  },
  mi210: {
    name: 'mi210',
    cpu: '64',
    memory: '512Gi',
    ephemeralStorage: '3500Gi',
    pods: 110,
    gpu: { resource: 'amd.com/gpu', count: 4, model: 'MI210' },
  },
  h100: {
    name: 'h100',
    cpu: '192',
    memory: '2000Gi',
    ephemeralStorage: '14Ti',
    pods: 250,
    gpu: { resource: 'nvidia.com/gpu', count: 8, model: 'H100-80GB' },
  },
  a100: {
    name: 'a100',
    cpu: '96',
    memory: '1100Gi',
    ephemeralStorage: '7Ti',
    pods: 110,
    gpu: { resource: 'nvidia.com/gpu', count: 8, model: 'A100-80GB' },
  },
  l40s: {
    name: 'l40s',
    cpu: '64',
    memory: '512Gi',
    ephemeralStorage: '3500Gi',
    pods: 110,
    gpu: { resource: 'nvidia.com/gpu', count: 4, model: 'L40S' },
  },
} as const satisfies Readonly<Record<string, NodeProfile>>;

/** The default lab: eight nodes, four of them with eight AMD GPUs each. */
export const airmLocalNodes: readonly NodeGroup[] = [
  { profile: nodeProfiles.cpu, count: 4 },
  { profile: nodeProfiles.mi300x, count: 4 },
];
