export { createToolchain, type ToolchainOptions } from './create-toolchain.ts';
export { toolErrors } from './errors.ts';
export type { Download, Pin, PinnedTool, Platform, SystemTool, ToolName } from './pin.ts';
export { pins } from './pins.ts';
export { places, type Place, type Refusal, type Tool, type Toolchain, type ToolReport } from './tool.ts';
