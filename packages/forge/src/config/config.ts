import { failed, ok, printPath, type Context, type Result } from '@cluster-forge/base';
import { createCel } from '@cluster-forge/base/cel/cel';
import { buildComponents, type Built } from './build-components.ts';
import { openCatalog } from './catalog.ts';
import { readComponents } from './component-files.ts';
import { leavesOf } from './layers.ts';
import { isOnByDefault, mentionsOf, unknownComponents } from './mentions.ts';
import { declaredParams, mergePlatform, type Inputs, type Merged } from './merge-platform.ts';
import { missingParams } from './params.ts';
import type { Origins, Platform } from './platform.ts';
import { isSound, type Loading, type PlatformRequest } from './request.ts';
import { requirementCycles } from './requirement-cycles.ts';
import { readRoot, type Root } from './root.ts';
import { setLayer } from './set-option.ts';
import { readStacks } from './stacks.ts';
import { sortProblems } from './problems.ts';
import { unknownValues } from './unknown-values.ts';

export type { PlatformRequest } from './request.ts';

/**
 * Loads a platform: reads its files, merges all layers, evaluates every expression in configuration and resolves every requirement. All problems come
 * back at once, each with file, line and column; warnings come with the platform. Writes nothing and touches no network.
 */
export async function loadPlatform(request: PlatformRequest, ctx: Pick<Context, 'signal'>): Promise<Result<Platform>> {
  const loading: Loading = { problems: [], cel: createCel(), signal: ctx.signal };
  const root = await readRoot(request, loading);
  const platform = root === undefined ? undefined : await assemble(root, request, loading);
  const problems = sortProblems(loading.problems);
  return platform === undefined || !isSound(loading)
    ? failed(problems.filter(({ severity }) => severity === 'error'))
    : ok(platform, problems);
}

async function assemble(root: Root, request: PlatformRequest, loading: Loading): Promise<Platform | undefined> {
  const catalog = await openCatalog(root.catalogs, loading);
  const stacks = await readStacks(root.extends, catalog, loading);
  const overlays = [root.environment, root.platform].filter((overlay) => overlay !== undefined);
  // Options name components too, but which params they may abbreviate is known only when the components have been read.
  const optionNames = setLayer(request.set ?? [], new Set(), { ...loading, problems: [] });
  const mentions = mentionsOf(stacks, overlays, optionNames);
  const components = await readComponents(new Set(mentions.map(({ name }) => name)), catalog, loading);
  const offered = [...components.values()]
    .flatMap(({ main }) => main.value.spec.provides ?? [])
    .flatMap(({ capability }) => capability ?? []);
  unknownComponents(mentions, catalog, new Set(offered), loading);
  const declared = declaredParams({ stacks, components }, loading);
  const set = setLayer(request.set ?? [], new Set([...declared.values()].map(({ path }) => String(path[0]))), loading);
  const inputs: Inputs = { root, stacks, components, set };
  const merged = mergePlatform(inputs, declared, loading);
  const built = await buildComponents({
    tree: merged.tree,
    name: root.name,
    environment: request.environment ?? '',
    params: merged.params,
    files: components,
    catalog,
    isOnByDefault: (name) => isOnByDefault(name, stacks, merged.isCollectionOn),
    loading,
  });
  loading.problems.push(
    ...missingParams(merged.params, declared, (name) => built.components.some((one) => one.name === name)),
    ...requirementCycles(built.components, components),
    ...unknownValues(built.components, { components, tree: merged.tree }),
  );
  return toPlatform(root, request, { merged, built });
}

function toPlatform(
  root: Root,
  request: PlatformRequest,
  { merged, built }: { readonly merged: Merged; readonly built: Built },
): Platform {
  return {
    name: root.name,
    directory: root.directory,
    ...(request.environment === undefined ? {} : { environment: request.environment }),
    params: merged.params,
    components: built.components,
    disabled: built.disabled,
    providers: built.providers,
    origins: originsOf(merged),
  };
}

/** Origins of every leaf, strongest first. A leaf that was removed has `null` as its first value. */
function originsOf({ tree }: Merged): Origins {
  return new Map([...leavesOf(tree)].map(([path, leaf]) => [printPath(path), leaf.chain.toReversed()]));
}
