import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createFetcher } from '@cluster-forge/base/fetch/create-fetcher';
import { openStore } from '@cluster-forge/base/store/open-store';
import type { ForgeContext } from '@cluster-forge/forge/context';
import { load } from '@cluster-forge/forge/line';
import { mine } from '@cluster-forge/forge/mine/mine';
import { plan } from '@cluster-forge/forge/plan/plan';
import { release, type Release } from '@cluster-forge/forge/plan/release';
import { smelt } from '@cluster-forge/forge/smelt/smelt';
import type { Result } from '@cluster-forge/base';
import { testContext } from '../../rig/context.ts';

const root = join(import.meta.dirname, '../../..');

/** What real charts print lies beside the repository and may not be copied into it; tests that need it are skipped without. */
export const hasRealFiles = existsSync(join(root, '../shared/real'));

/** The platform of examples/real through the whole line, with everything it writes in `directory`. */
export async function realRelease(directory: string): Promise<Release> {
  const ctx: ForgeContext = {
    ...testContext(),
    store: await openStore(join(directory, 'store')),
    fetch: createFetcher({}),
    tools: { resolve: (tool) => Promise.reject(new Error(`nothing here needs ${tool}`)) },
  };
  const kubeVersion = 'v1.36.3';
  const request = {
    platform: {
      file: join(root, 'examples/real/platform.yaml'),
      catalogs: [join(root, 'catalog'), join(root, 'stacks')],
    },
    mine: {},
    kubeVersion,
  };
  const platform = { ...(await load(request, ctx)), directory };
  const sources = sound(await mine(platform, {}, ctx));
  const rendered = sound(await smelt(platform, sources, { kubeVersion }, ctx));
  return release(platform, sources.lock, rendered, sound(plan(platform, rendered)));
}

function sound<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.failure, undefined, 1));
}
