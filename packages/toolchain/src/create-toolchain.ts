import { availableParallelism, freemem } from 'node:os';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Context } from '@cluster-forge/base';
import { pool } from '@cluster-forge/base/exec/pool';
import { createFetcher } from '@cluster-forge/base/fetch/create-fetcher';
import type { Fetcher } from '@cluster-forge/base/fetch/fetch';
import type { Mirror } from '@cluster-forge/base/fetch/mirror';
import type { Store } from '@cluster-forge/base/store/store';
import { find } from './find.ts';
import type { Pin, Platform, ToolName } from './pin.ts';
import { pins as allPins } from './pins.ts';
import type { Tool, Toolchain } from './tool.ts';
import type { Workshop } from './workshop.ts';

export interface ToolchainOptions {
  /** Keeps the programs; its directory also holds the locks. */
  readonly store: Store;
  /** PATH, FORGE_TOOL_<NAME>, FORGE_TOOLS_MIRROR. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Programs named by the caller; before FORGE_TOOL_<NAME>. */
  readonly explicit?: Readonly<Partial<Record<ToolName, string>>>;
  /** Folder with a recipe each; default `toolchain/` of this checkout. */
  readonly recipes?: string;
  readonly pins?: readonly Pin[];
  /** Default: a fetcher of our own that gives up soon, because there is a second source. */
  readonly fetch?: Fetcher;
  readonly platform?: Platform;
}

/** Makes the toolchain. Finds nothing and opens nothing before it is asked. */
export function createToolchain(options: ToolchainOptions): Toolchain {
  const pins = options.pins ?? allPins;
  const shop: Workshop = {
    pins,
    platform: options.platform ?? ownPlatform(),
    env: options.env,
    explicit: options.explicit ?? {},
    store: options.store,
    recipes: options.recipes ?? fileURLToPath(new URL('../../../toolchain', import.meta.url)),
    fetch:
      options.fetch ??
      createFetcher({
        mirrors: toolMirrors(pins, options.env['FORGE_TOOLS_MIRROR']),
        retry: { tries: 2 },
        timeouts: { connectMs: 4_000, answerMs: 10_000 },
      }),
    unreachable: new Map(),
    builders: pool(builderCount(availableParallelism(), freemem())),
  };
  const known = new Map<ToolName, Tool>();
  const ensure = async (names: readonly ToolName[], ctx: Context) => {
    const tools = await ensureAll(
      names.filter((name) => !known.has(name)),
      shop,
      ctx,
    );
    for (const tool of tools) known.set(tool.name, tool);
    return names.flatMap((name) => known.get(name) ?? []);
  };
  return {
    ensure,
    resolve: async (name, ctx) => only(await ensure([name], ctx)),
    inspect: async (ctx) => (await import('./inspect.ts')).inspect(shop, ctx),
  };
}

/** Takes everything of an origin from `<base>/<host>` instead: the layout that a plain copy with `wget -r` has. */
export function toolMirrors(pins: readonly Pin[], base: string | undefined): readonly Mirror[] {
  if (base === undefined || base === '') return [];
  const urls = pins.flatMap((pin) =>
    pin.kind === 'pinned' ? Object.values(pin.downloads).map(({ url }) => new URL(url)) : [],
  );
  const origins = new Map(urls.map((url) => [url.origin, url.host]));
  return [...origins].map(([from, host]) => ({ from, to: `${base.replace(/\/$/, '')}/${host}` }));
}

/**
 * Builds that may run at once: linking a control plane program takes about 2 GiB and one core, so two builds keep two cores busy where one would wait for
 * its linker.
 */
export function builderCount(cores: number, freeBytes: number): number {
  const byMemory = Math.floor(freeBytes / (2 * 1024 ** 3));
  return Math.max(1, Math.min(Math.max(2, Math.floor(cores / 2)), byMemory));
}

async function ensureAll(names: readonly ToolName[], shop: Workshop, ctx: Context): Promise<readonly Tool[]> {
  const wanted = shop.pins.filter(({ name }) => names.includes(name));
  const first = await lookAll(wanted, shop, ctx);
  const missing = first.filter(({ found }) => found.tool === undefined).map(({ pin }) => pin);
  if (missing.length === 0) return first.flatMap(({ found }) => found.tool ?? []);
  const { provide, systemLacks } = await import('./provide.ts');
  await provide(
    missing.filter((pin) => pin.kind === 'pinned'),
    shop,
    ctx,
  );
  const second = await lookAll(wanted, shop, ctx);
  for (const { pin, found } of second) if (found.tool === undefined) throw systemLacks(pin, found.refusals);
  return second.flatMap(({ found }) => found.tool ?? []);
}

function lookAll(pins: readonly Pin[], shop: Workshop, ctx: Context) {
  return Promise.all(pins.map(async (pin) => ({ pin, found: await find(pin, shop, ctx) })));
}

function only([tool]: readonly Tool[]): Tool {
  if (tool === undefined) throw new RangeError('the toolchain has no pin of that name');
  return tool;
}

function ownPlatform(): Platform | undefined {
  const processors: Readonly<Record<string, 'amd64' | 'arm64'>> = { x64: 'amd64', arm64: 'arm64' };
  const processor = processors[arch];
  return processor !== undefined && (platform === 'linux' || platform === 'darwin')
    ? `${platform}/${processor}`
    : undefined;
}
