import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Fetcher } from '@cluster-forge/base/fetch/fetch';
import type { Source } from '@cluster-forge/forge/config/platform';
import type { ForgeContext } from '@cluster-forge/forge/context';
import { mine, type MineOptions } from '@cluster-forge/forge/mine/mine';
import type { SourceTree } from '@cluster-forge/forge/mine/lock';
import type { Diagnostic } from '@cluster-forge/base';
import { component, forgeRig, helmSource, platformOf, type ForgeRig } from './rig.ts';
import type { TestServer } from './servers/serve.ts';

/** What tests of mine share: a fresh platform directory and store for each test, and servers that end with it. */
export interface MineRig {
  readonly rig: () => ForgeRig;
  /** Keeps a server until the end of the test. */
  readonly started: <T extends { close(): Promise<void> }>(server: Promise<T>) => Promise<T>;
  readonly run: (sources: readonly Source[], options?: MineOptions, ctx?: ForgeContext) => ReturnType<typeof mine>;
  /** The tree; throws when there are problems. */
  readonly mined: (sources: readonly Source[], options?: MineOptions, ctx?: ForgeContext) => Promise<SourceTree>;
  /** The problems; throws when there are none. */
  readonly problems: (
    sources: readonly Source[],
    options?: MineOptions,
    ctx?: ForgeContext,
  ) => Promise<readonly Diagnostic[]>;
  readonly lockText: () => Promise<string>;
  /** Forgets everything that was fetched. */
  readonly emptyStore: () => Promise<void>;
}

export function mineRig(): MineRig {
  const servers: { close(): Promise<void> }[] = [];
  let rig: ForgeRig;
  beforeEach(async () => {
    rig = await forgeRig();
  });
  afterEach(async () => {
    await rig.end();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const run: MineRig['run'] = (sources, options = {}, ctx = rig.ctx) => {
    const components = sources.map((source) => component(source.id.split('/')[0] ?? '', [source]));
    return mine(platformOf(rig.directory, components), { dockerConfig: rig.directory, ...options }, ctx);
  };
  return {
    rig: () => rig,
    run,
    started: async (server) => {
      servers.push(await server);
      return server;
    },
    mined: async (sources, options, ctx) => {
      const result = await run(sources, options, ctx);
      if (!result.ok) throw new Error(JSON.stringify(result.failure, null, 1));
      return result.value;
    },
    problems: async (sources, options, ctx) => {
      const result = await run(sources, options, ctx);
      if (result.ok) throw new Error('it succeeded');
      return result.failure;
    },
    lockText: () => readFile(join(rig.directory, 'forge.lock'), 'utf8'),
    emptyStore: async () => {
      await rm(join(rig.directory, 'store'), { recursive: true });
      await mkdir(join(rig.directory, 'store/temporary'), { recursive: true });
    },
  };
}

/** No network: any request is a failure of the test. */
export const offline: Fetcher = {
  get: (url) => Promise.reject(new Error(`the network was touched: ${url}`)),
  download: (url) => Promise.reject(new Error(`the network was touched: ${url}`)),
};

export const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n';

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The chart `harbour` of a test repository. */
export function harbour(server: TestServer, version: string) {
  return helmSource('harbour/0', { chart: 'harbour', repository: server.origin, version });
}
