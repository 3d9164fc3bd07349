import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, JsonObject } from '@cluster-forge/base';
import { createFetcher } from '@cluster-forge/base/fetch/create-fetcher';
import { openStore } from '@cluster-forge/base/store/open-store';
import type { Component, HelmSource, Platform, Source } from '@cluster-forge/forge/config/platform';
import type { ForgeContext, Tools } from '@cluster-forge/forge/context';

/** A platform directory and a store of its own, with a context that records. */
export interface ForgeRig {
  readonly directory: string;
  readonly ctx: ForgeContext;
  readonly events: readonly Event[];
  /** Another context on the same files, such as one whose network is gone. */
  with(change: Partial<ForgeContext>): ForgeContext;
  end(): Promise<void>;
}

const noTools: Tools = { resolve: (tool) => Promise.reject(new Error(`this test has no ${tool}`)) };

/** Opens a rig; `end()` removes its files. Waits between retries take no time; loopback servers may be reached. */
export async function forgeRig(tools: Tools = noTools): Promise<ForgeRig> {
  const directory = await mkdtemp(join(tmpdir(), 'forge-rig-'));
  const events: Event[] = [];
  const ctx: ForgeContext = {
    signal: new AbortController().signal,
    host: { emit: (event) => void events.push(event), ask: ({ text }) => Promise.reject(new Error(`asked: ${text}`)) },
    clock: { now: () => 0, sleep: async () => undefined },
    store: await openStore(join(directory, 'store')),
    fetch: createFetcher({ allowPrivate: true, random: () => 0 }),
    tools,
  };
  return {
    directory,
    ctx,
    events,
    with: (change) => ({ ...ctx, ...change }),
    end: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Where every source of a test is written. */
export const where = { file: 'platform.yaml', line: 7, column: 3 };

/** A component with the given sources and nothing special. */
export function component(name: string, sources: readonly Source[], change: Partial<Component> = {}): Component {
  return {
    name,
    directory: '/',
    version: '1.0.0',
    category: 'test',
    title: name,
    namespace: name,
    sources,
    values: {},
    requires: [],
    provides: [],
    secrets: [],
    health: [],
    simulate: [],
    gate: { timeoutMs: 1000, settleMs: 0 },
    where,
    ...change,
  };
}

export function platformOf(
  directory: string,
  components: readonly Component[],
  change: Partial<Platform> = {},
): Platform {
  return { name: 'test', directory, params: {}, components, providers: {}, origins: new Map(), ...change };
}

export function helmSource(id: string, change: Partial<HelmSource> & Pick<HelmSource, 'chart'>): HelmSource {
  const values: JsonObject = {};
  return {
    kind: 'helm',
    id,
    version: '',
    release: id.split('/')[0] ?? id,
    values,
    includeCrds: true,
    where,
    ...change,
  };
}

export function manifestSource(id: string, change: { url?: string; file?: string; sha256?: string }): Source {
  return { kind: 'manifest', id, where, ...change };
}
