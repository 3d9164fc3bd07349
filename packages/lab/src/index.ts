export { defaultStateRoot, labDirectory, type LabDirectory } from './directory.ts';
export { labErrors } from './errors.ts';
export { openLab, reapLabs, startLab, stopLab, type Lab } from './lab.ts';
export { gpuModels, type GpuModel } from './nodes/gpu.ts';
export type { GpuSpec, NodeGroup, NodeProfile, Taint } from './nodes/profile.ts';
export { airmLocalNodes, nodeProfiles } from './nodes/profiles.ts';
export type { LabContext, LabOptions, LabTools } from './options.ts';
export { labStatus, listLabs, type LabStatus, type ProcessStatus } from './status.ts';
export type { Timing } from './stages/stages.ts';
