import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Diagnostic, type Result } from '@cluster-forge/base';
import { createFetcher } from '@cluster-forge/base/fetch/create-fetcher';
import { openStore } from '@cluster-forge/base/store/open-store';
import { loadPlatform } from '@cluster-forge/forge/config/config';
import type { Platform } from '@cluster-forge/forge/config/platform';
import type { ForgeContext } from '@cluster-forge/forge/context';
import { mine } from '@cluster-forge/forge/mine/mine';
import { smelt } from '@cluster-forge/forge/smelt/smelt';
import type { KubeObject } from '@cluster-forge/kube/object';

export interface RenderedPlatform {
  readonly platform: Platform;
  readonly objects: readonly KubeObject[];
  /** Objects of each component. */
  readonly byComponent: ReadonlyMap<string, readonly KubeObject[]>;
}

export const root = join(import.meta.dirname, '..', '..');

/** Folders with the components and stacks of this repository. */
export const builtInCatalogs = [join(root, 'catalog'), join(root, 'stacks')];

/** Loads, mines and renders a platform given as text, in a folder of its own that is gone afterwards. Fails on any finding, warnings included. */
export async function renderPlatform(text: string): Promise<RenderedPlatform> {
  const directory = await mkdtemp(join(tmpdir(), 'forge-catalog-'));
  try {
    const file = join(directory, 'platform.yaml');
    await writeFile(file, text);
    const ctx = await offlineContext(join(directory, 'store'));
    const platform = clean(await loadPlatform({ file, catalogs: builtInCatalogs }, ctx));
    const sources = clean(await mine(platform, {}, ctx));
    const rendered = clean(await smelt(platform, sources, { kubeVersion: 'v1.36.3' }, ctx));
    // Parsed here, because the files they would be read from are removed.
    const byComponent = new Map(
      rendered.map(({ component, objects }) => [component, objects.map(({ manifest }) => manifest.object)]),
    );
    return { platform, byComponent, objects: [...byComponent.values()].flat() };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A context for work without network, programs and questions. */
export async function offlineContext(storeDirectory: string): Promise<ForgeContext> {
  const refuse = (what: string) => Promise.reject(new Error(`the catalog is rendered without ${what}`));
  return {
    signal: new AbortController().signal,
    clock: systemClock,
    host: { emit: () => undefined, ask: () => refuse('questions') },
    store: await openStore(storeDirectory),
    fetch: createFetcher(),
    tools: { resolve: () => refuse('programs') },
  };
}

function clean<Value>(result: Result<Value>): Value {
  const findings: readonly Diagnostic[] = result.ok ? result.warnings : result.failure;
  if (!result.ok || findings.length > 0) throw new Error(JSON.stringify(findings, undefined, 2));
  return result.value;
}
