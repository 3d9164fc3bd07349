import type { Context } from '@cluster-forge/base';
import type { Fetcher } from '@cluster-forge/base/fetch/fetch';
import type { Store } from '@cluster-forge/base/store/store';

/** External programs the line runs, already resolved to absolute paths by the caller. */
export interface Tools {
  /** Path and exact version of a program; sets it up on first use. Throws E_TOOL_MISSING with what was tried. */
  resolve(
    tool: 'helm' | 'kustomize' | 'git',
    ctx: Context,
  ): Promise<{ readonly path: string; readonly version: string }>;
}

/** What a stage of the line needs from outside. */
export interface ForgeContext extends Context {
  readonly store: Store;
  readonly fetch: Fetcher;
  readonly tools: Tools;
}
