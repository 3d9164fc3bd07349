import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../packages/base/src/clock.ts';
import { createFetcher } from '../../packages/base/src/fetch/create-fetcher.ts';
import { openStore } from '../../packages/base/src/store/open-store.ts';
import type { ForgeContext } from '../../packages/forge/src/context.ts';
import { prepare } from '../../packages/forge/src/line.ts';
import { printGraph } from '../../packages/forge/src/plan/print/print-graph.ts';
import { createToolchain } from '../../packages/toolchain/src/index.ts';

/** Picture of a stack's components and their order, as `forge graph --format svg` draws it. */
export async function stackPicture(root: string, stack: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'forge-picture-'));
  try {
    const store = await openStore(join(directory, 'store'));
    const ctx: ForgeContext = {
      signal: new AbortController().signal,
      clock: systemClock,
      host: { emit: () => {}, ask: async (question) => question.default ?? '' },
      store,
      fetch: createFetcher(),
      tools: createToolchain({ store, env: process.env }),
    };
    const platform = { stack, directory, catalogs: [join(root, 'catalog'), join(root, 'stacks')] };
    const { release } = await prepare({ platform, mine: {}, kubeVersion: 'v1.36.3' }, ctx);
    return await printGraph(release.graph, 'svg', { level: 'component' });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
