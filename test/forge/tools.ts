import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { openStore } from '@cluster-forge/base/store/open-store';
import type { Tools } from '@cluster-forge/forge/context';
import { createToolchain, type Toolchain } from '@cluster-forge/toolchain';

let toolchain: Promise<Toolchain> | undefined;

/** The real programs, from the user's store or wherever the toolchain finds them; set up once per test file. */
export const tools: Tools = {
  resolve: async (tool, ctx) => {
    toolchain ??= openStore(env['FORGE_CACHE'] ?? join(tmpdir(), 'forge-tools')).then((store) =>
      createToolchain({ store, env }),
    );
    const { path, version } = await (await toolchain).resolve(tool, ctx);
    return { path, version };
  },
};
