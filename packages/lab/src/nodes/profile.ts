/** A sort of node. Quantities are Kubernetes quantities; `allocatable` is `capacity` less what system and kubelet reserve. */
export interface NodeProfile {
  readonly name: string;
  readonly cpu: string;
  readonly memory: string;
  readonly ephemeralStorage: string;
  readonly pods: number;
  /** Default `amd64`. */
  readonly architecture?: 'amd64' | 'arm64';
  readonly gpu?: GpuSpec;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
}

/** GPUs of a node, as the vendor's device plugin and labeller show them. */
export interface GpuSpec {
  /** Extended resource, such as `amd.com/gpu` or `nvidia.com/gpu`. */
  readonly resource: string;
  readonly count: number;
  /** Key of `gpuModels`; other names are allowed and give fewer labels. */
  readonly model?: string;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** So many nodes of one profile, spread over zones in turn. */
export interface NodeGroup {
  readonly profile: NodeProfile;
  readonly count: number;
  /** Default: `zone-a`, `zone-b`, `zone-c`. */
  readonly zones?: readonly string[];
}
