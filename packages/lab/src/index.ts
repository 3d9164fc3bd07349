export { adaptForLab } from './adapt/adapt.ts';
export { labDirectory } from './directory.ts';
export { openLab, reapLabs, startLab, stopLab, type Lab } from './lab.ts';
export { gpuModels } from './nodes/gpu.ts';
export type { GpuSpec, NodeGroup, NodeProfile } from './nodes/profile.ts';
export { nodeProfiles } from './nodes/profiles.ts';
export type { LabContext, LabOptions } from './options.ts';
export { parseModels } from './operator/parse.ts';
export { labStatus, listLabs, type LabStatus } from './status.ts';
