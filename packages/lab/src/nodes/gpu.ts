import type { GpuSpec } from './profile.ts';

/** What a GPU's labellers say about it. Memory in MiB. */
export interface GpuModel {
  readonly vendor: 'amd' | 'nvidia';
  readonly memoryMiB: number;
  /** `amd.com/gpu.product-name` or `nvidia.com/gpu.product`. */
  readonly product: string;
  /** PCI device id (AMD) as its node labeller prints it. */
  readonly deviceId?: string;
  readonly family: string;
  /** Compute units (AMD). */
  readonly computeUnits?: number;
  readonly simdUnits?: number;
  /** CUDA compute capability (NVIDIA). */
  readonly compute?: readonly [major: number, minor: number];
}

/** Models a profile may name. Figures are those of the vendors' data sheets. */
export const gpuModels: Readonly<Record<string, GpuModel>> = {
  MI210: {
    vendor: 'amd',
    memoryMiB: 65_536,
    product: 'AMD_Instinct_MI210',
    deviceId: '740f',
    family: 'AI',
    computeUnits: 104,
    simdUnits: 416,
  },
  MI250X: {
    vendor: 'amd',
    memoryMiB: 65_536,
    product: 'AMD_Instinct_MI250X',
    deviceId: '7408',
    family: 'AI',
    computeUnits: 110,
    simdUnits: 440,
  },
  MI300X: {
    vendor: 'amd',
    memoryMiB: 196_608,
    product: 'AMD_Instinct_MI300X_OAM',
    deviceId: '74a1',
    family: 'AI',
    computeUnits: 304,
    simdUnits: 1216,
  },
  MI325X: {
    vendor: 'amd',
    memoryMiB: 262_144,
    product: 'AMD_Instinct_MI325X_OAM',
    deviceId: '74a5',
    family: 'AI',
    computeUnits: 304,
    simdUnits: 1216,
  },
  'A100-80GB': {
    vendor: 'nvidia',
    memoryMiB: 81_920,
    product: 'NVIDIA-A100-SXM4-80GB',
    family: 'ampere',
    compute: [8, 0],
  },
  'H100-80GB': {
    vendor: 'nvidia',
    memoryMiB: 81_559,
    product: 'NVIDIA-H100-80GB-HBM3',
    family: 'hopper',
    compute: [9, 0],
  },
  H200: { vendor: 'nvidia', memoryMiB: 143_771, product: 'NVIDIA-H200', family: 'hopper', compute: [9, 0] },
  L40S: { vendor: 'nvidia', memoryMiB: 46_068, product: 'NVIDIA-L40S', family: 'ada-lovelace', compute: [8, 9] },
};

/** What a resource's vendor ships when the user names no model. */
const defaultModels: Readonly<Record<string, string>> = { 'amd.com/gpu': 'MI300X', 'nvidia.com/gpu': 'H100-80GB' };

/** Labels that node feature discovery and the vendor's own labeller put on a node with these GPUs. */
export function gpuLabels(gpu: GpuSpec): Record<string, string> {
  const model = gpuModels[gpu.model ?? defaultModels[gpu.resource] ?? ''];
  if (model === undefined) return {};
  return model.vendor === 'amd' ? amdLabels(gpu, model) : nvidiaLabels(gpu, model);
}

/** AMD GPU node labeller (ROCm/k8s-device-plugin, cmd/k8s-node-labeller) and the NFD rule of the AMD GPU operator. */
function amdLabels({ count }: GpuSpec, model: GpuModel): Record<string, string> {
  const facts: Record<string, string> = {
    'cu-count': String(model.computeUnits),
    'device-id': String(model.deviceId),
    family: model.family,
    'product-name': model.product,
    'simd-count': String(model.simdUnits),
    vram: `${Math.round(model.memoryMiB / 1024)}G`,
  };
  const labels = Object.entries(facts).flatMap(([fact, value]) => [
    [`amd.com/gpu.${fact}`, value],
    // The labeller's older names, which count the devices of each value.
    [`beta.amd.com/gpu.${fact}`, value],
    [`beta.amd.com/gpu.${fact}.${value}`, String(count)],
  ]);
  return {
    'feature.node.kubernetes.io/amd-gpu': 'true',
    'feature.node.kubernetes.io/pci-1002.present': 'true',
    ...Object.fromEntries(labels),
  };
}

/** NVIDIA GPU feature discovery (k8s-device-plugin, docs/gpu-feature-discovery) and NFD's PCI label. */
function nvidiaLabels({ count }: GpuSpec, model: GpuModel): Record<string, string> {
  const [major, minor] = model.compute ?? [0, 0];
  return {
    'feature.node.kubernetes.io/pci-10de.present': 'true',
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.count': String(count),
    'nvidia.com/gpu.replicas': '1',
    'nvidia.com/gpu.product': model.product,
    'nvidia.com/gpu.memory': String(model.memoryMiB),
    'nvidia.com/gpu.family': model.family,
    'nvidia.com/gpu.compute.major': String(major),
    'nvidia.com/gpu.compute.minor': String(minor),
    'nvidia.com/mig.capable': String(major === 8 && minor === 0 ? true : major === 9),
    'nvidia.com/mig.strategy': 'none',
    'nvidia.com/gpu.deploy.device-plugin': 'true',
  };
}
