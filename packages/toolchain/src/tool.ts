import type { Context } from '@cluster-forge/base';
import type { ToolName } from './pin.ts';

/** Where a program may come from, in the order in which they are asked. */
export const places = ['explicit', 'path', 'store', 'download', 'build'] as const;

export type Place = (typeof places)[number];

/** A program that can be run. */
export interface Tool {
  readonly name: ToolName;
  /** Absolute. */
  readonly path: string;
  /** `unknown` only for an explicit program that does not tell. */
  readonly version: string;
  readonly place: Place;
}

/** Why a place did not give a program. */
export interface Refusal {
  readonly place: Place;
  readonly reason: string;
}

/** What `forge doctor` shows for one program. */
export interface ToolReport {
  readonly name: ToolName;
  /** What is wanted: an exact version, or `2.37.0 or newer`. */
  readonly wanted: string;
  readonly found: Tool | undefined;
  /** One for each place asked before it was found, or for all when it was not. For `download` and `build`, which were not tried, what would happen. */
  readonly refusals: readonly Refusal[];
  /** The place that would provide it now; undefined when it is there, or when none would. */
  readonly provider: Place | undefined;
}

/** Finds the external programs, and provides the missing ones. */
export interface Toolchain {
  /** One program, set up on first use. Throws E_TOOL_* with what each place said. */
  resolve(name: ToolName, ctx: Context): Promise<Tool>;
  /** Several at once: missing ones are downloaded or built side by side. */
  ensure(names: readonly ToolName[], ctx: Context): Promise<readonly Tool[]>;
  /** Looks, and changes nothing. */
  inspect(ctx: Context): Promise<readonly ToolReport[]>;
}
