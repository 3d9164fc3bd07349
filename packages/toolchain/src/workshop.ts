import type { Fetcher } from '@cluster-forge/base/fetch/fetch';
import type { Pool } from '@cluster-forge/base/exec/pool';
import type { Store } from '@cluster-forge/base/store/store';
import type { Pin, Platform, ToolName } from './pin.ts';

/** What all places work with; made once by `createToolchain`. */
export interface Workshop {
  readonly pins: readonly Pin[];
  readonly platform: Platform | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly explicit: Readonly<Partial<Record<ToolName, string>>>;
  readonly store: Store;
  /** Folder of the recipes: `toolchain/` of this checkout. */
  readonly recipes: string;
  readonly fetch: Fetcher;
  /** Origins that could not be reached in this run, with the reason: nobody waits twice for a network that is not there. */
  readonly unreachable: Map<string, string>;
  readonly builders: Pool;
}
