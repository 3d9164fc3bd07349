import { join } from 'node:path';
import { runTask, type Context, type Task } from '@cluster-forge/base';
import { withLock } from '@cluster-forge/base/files/lock';
import { toolErrors } from './errors.ts';
import { find } from './find.ts';
import type { Pin, PinnedTool } from './pin.ts';
import { fromBuild, type BuildRefusal } from './places/build.ts';
import { fromDownload } from './places/download.ts';
import { wantedVersion } from './places/path.ts';
import { bundleOf, clearBenches, fromStore } from './places/store.ts';
import type { Refusal } from './tool.ts';
import type { Workshop } from './workshop.ts';

/**
 * Downloads or builds what is missing, one bundle beside the other. A lock of each bundle makes other processes wait and then find the result, instead of
 * building it a second time. Throws E_TOOL_NO_GO, E_TOOL_BUILD or E_TOOL_MISSING for the first bundle that fails, after all have ended.
 */
export async function provide(missing: readonly PinnedTool[], shop: Workshop, ctx: Context): Promise<void> {
  const bundles = Map.groupBy(missing, bundleOf);
  const ends = await Promise.allSettled([...bundles].map(([bundle, tools]) => provideBundle(bundle, tools, shop, ctx)));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function provideBundle(
  bundle: string,
  tools: readonly PinnedTool[],
  shop: Workshop,
  ctx: Context,
): Promise<void> {
  const title = `${tools.map(({ name }) => name).join(', ')} ${tools[0]?.version ?? ''}`;
  await runTask({ id: `toolchain/${bundle}`, title }, ctx, async (task) => {
    const lock = {
      path: join(shop.store.directory, 'locks', `tool-${bundle}`),
      purpose: `set up ${title}`,
      onWait: ({ pid }: { readonly pid: number }) =>
        task.update({ state: 'waiting', detail: `process ${pid} is at it` }),
    };
    await withLock(lock, ctx, () => makeBundle(bundle, tools, { shop, task }, ctx));
  });
}

async function makeBundle(
  bundle: string,
  tools: readonly PinnedTool[],
  { shop, task }: { shop: Workshop; task: Task },
  ctx: Context,
): Promise<void> {
  await clearBenches(bundle, shop, ctx);
  const left: PinnedTool[] = [];
  const refusals: Refusal[] = [];
  for (const tool of tools) {
    const stored = await fromStore(tool, shop);
    if (!('reason' in stored)) continue;
    const downloaded = await fromDownload(tool, shop, task, ctx);
    if (!('reason' in downloaded)) continue;
    refusals.push(downloaded);
    left.push(tool);
  }
  const refusal = await fromBuild(left, shop, task, ctx);
  if (refusal !== undefined) throw await nobodyHas(left, [...refusals, refusal], shop, ctx);
}

/** The error for pinned programs that no place gave. */
async function nobodyHas(
  tools: readonly PinnedTool[],
  refusals: readonly (Refusal | BuildRefusal)[],
  shop: Workshop,
  ctx: Context,
): Promise<Error> {
  const earlier = await Promise.all(tools.map((tool) => find(tool, shop, ctx)));
  const all = [...earlier.flatMap((found) => found.refusals), ...refusals];
  const why = [...new Set(all.map(({ place, reason }) => `${place}: ${reason}`))].join('\n');
  const names = tools.map(({ name, version }) => `${name} ${version}`).join(', ');
  const build = refusals.find((refusal) => refusal.place === 'build');
  if (build !== undefined && 'missingGo' in build && build.missingGo) {
    const fix =
      'install Go (https://go.dev/doc/install) and run the same command again; or put these versions on PATH; or name a mirror in FORGE_TOOLS_MIRROR';
    return toolErrors.E_TOOL_NO_GO({ what: `${names}: nobody has it, and it cannot be built`, why, fix });
  }
  return toolErrors.E_TOOL_BUILD({
    what: `${names}: building failed`,
    why,
    fix: 'Go needs a module proxy or a filled module cache (GOPROXY, GOMODCACHE), and about 6 GB of disk; then run the same command again',
  });
}

/** The error for a program that the system should have. */
export function systemLacks(pin: Pin, refusals: readonly Refusal[]): Error {
  const why = refusals.map(({ place, reason }) => `${place}: ${reason}`).join('\n');
  return toolErrors.E_TOOL_MISSING({
    what: `${pin.name} ${wantedVersion(pin)} is needed`,
    why,
    fix: `install ${pin.name} with the package manager of your system`,
  });
}
