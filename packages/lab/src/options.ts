import type { Context } from '@cluster-forge/base';
import type { NodeGroup } from './nodes/profile.ts';
import type { Timing } from './stages/stages.ts';
import type { ControlPlaneTool } from './control-plane/programs.ts';

/** What a lab is made of. */
export interface LabOptions {
  readonly name: string;
  /** Directory that holds all labs of a user; see `defaultStateRoot`. */
  readonly stateRoot: string;
  /** Default: `airmLocalNodes`. */
  readonly nodes?: readonly NodeGroup[];
  /** The lab ends with this process: whoever meets it afterwards removes what is left. Default false: it stays until `stopLab`. */
  readonly ephemeral?: boolean;
  readonly timing?: Timing;
  /** Limit for the whole start. Default 60,000. */
  readonly timeoutMs?: number;
}

/** Where the programs come from; the toolchain fits. */
export interface LabTools {
  /** Absolute path of a program, made available first when need be. */
  resolve(tool: ControlPlaneTool, ctx: Context): Promise<{ readonly path: string }>;
}

export interface LabContext extends Context {
  readonly tools: LabTools;
}
