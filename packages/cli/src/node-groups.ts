import { gpuModels, nodeProfiles, type GpuSpec, type NodeGroup, type NodeProfile } from '@cluster-forge/lab';
import { cliErrors } from './errors.ts';

/**
 * Nodes from the words of `forge lab up`. `--node-group mi300x=4` takes a profile as it is; `--nodes 100 --gpu amd.com/gpu=8:MI300X@40` makes
 * a hundred workers of which forty have eight GPUs. `--gpu` without `@` shares the nodes that are left evenly. Nothing given: undefined.
 */
export function nodeGroupsOf(words: {
  readonly nodes?: string;
  readonly gpus: readonly string[];
  readonly groups: readonly string[];
}): readonly NodeGroup[] | undefined {
  const groups = words.groups.map(parseGroup);
  if (words.nodes === undefined && words.gpus.length === 0) return groups.length === 0 ? undefined : groups;
  const total = parseCount(words.nodes ?? String(words.gpus.length), '--nodes');
  return [...groups, ...share(words.gpus.map(parseGpu), total)];
}

interface GpuWish {
  readonly gpu: GpuSpec;
  readonly nodes?: number;
}

function share(wishes: readonly GpuWish[], total: number): readonly NodeGroup[] {
  const fixed = wishes.reduce((sum, wish) => sum + (wish.nodes ?? 0), 0);
  if (fixed > total) throw usage(`${fixed} nodes with GPUs are more than ${total} nodes`, 'raise --nodes');
  const open = wishes.filter((wish) => wish.nodes === undefined).length;
  const each = open === 0 ? 0 : Math.floor((total - fixed) / open);
  const withGpu = wishes.map((wish) => ({ profile: gpuProfile(wish.gpu), count: wish.nodes ?? each }));
  const rest = total - withGpu.reduce((sum, group) => sum + group.count, 0);
  return [...(rest === 0 ? [] : [{ profile: nodeProfiles.cpu, count: rest }]), ...withGpu].filter(
    (group) => group.count > 0,
  );
}

/** A node that is bought with these GPUs, or a big worker where no profile has them. */
function gpuProfile(gpu: GpuSpec): NodeProfile {
  const all: readonly NodeProfile[] = Object.values(nodeProfiles);
  const alike = all.find(
    (profile) => profile.gpu?.resource === gpu.resource && (gpu.model === undefined || profile.gpu.model === gpu.model),
  );
  const base = alike ?? nodeProfiles.mi300x;
  const name = (gpu.model ?? alike?.gpu?.model ?? gpu.resource).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return { ...base, name: `${name}-x${gpu.count}`, gpu: { ...alike?.gpu, ...gpu } };
}

function parseGroup(word: string): NodeGroup {
  const [name = '', count = ''] = word.split('=');
  const profile = Object.entries(nodeProfiles).find(([key]) => key === name)?.[1];
  if (profile === undefined)
    throw usage(`--node-group does not know the profile "${name}"`, `one of: ${Object.keys(nodeProfiles).join(', ')}`);
  return { profile, count: parseCount(count, '--node-group') };
}

function parseGpu(word: string): GpuWish {
  const match =
    /^(?<resource>[a-z0-9.-]+\/[a-zA-Z0-9._-]+)=(?<count>\d+)(?::(?<model>[^@]+))?(?:@(?<nodes>\d+))?$/.exec(word);
  const { resource, count, model, nodes } = match?.groups ?? {};
  if (resource === undefined || count === undefined)
    throw usage(`--gpu cannot be "${word}"`, 'write it as amd.com/gpu=8, nvidia.com/gpu=8:L40S or amd.com/gpu=8@40');
  if (model !== undefined && gpuModels[model] === undefined)
    throw usage(`--gpu does not know the model "${model}"`, `one of: ${Object.keys(gpuModels).join(', ')}`);
  const gpu = { resource, count: Number(count), ...(model === undefined ? {} : { model }) };
  return { gpu, ...(nodes === undefined ? {} : { nodes: Number(nodes) }) };
}

function parseCount(word: string, option: string): number {
  const count = Number(word);
  if (Number.isInteger(count) && count > 0 && count <= 10_000) return count;
  throw usage(`${option} cannot be "${word}"`, 'give a whole number from 1 to 10000');
}

function usage(what: string, fix: string): Error {
  return cliErrors.E_CLI_USAGE({ what, fix });
}
