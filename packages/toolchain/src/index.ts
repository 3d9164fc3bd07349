export { createToolchain } from './create-toolchain.ts';
export type { ToolName } from './pin.ts';
export { pins } from './pins.ts';
export type { Toolchain, ToolReport } from './tool.ts';
