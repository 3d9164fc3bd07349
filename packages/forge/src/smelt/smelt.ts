import { join } from 'node:path';
import { failed, ok, runTask, type Diagnostic, type Result } from '@cluster-forge/base';
import { digestOfParts } from '@cluster-forge/base/hash';
import type { Component, Platform } from '../config/platform.ts';
import { componentScope } from '../config/scope.ts';
import type { ForgeContext } from '../context.ts';
import type { SourceTree } from '../mine/lock.ts';
import { findCollisions, findUnknownKinds } from './findings-of-set.ts';
import type { FinishedObject } from './finish.ts';
import { finishComponent, type Finished } from './finish-components.ts';
import { canonical } from './fingerprint.ts';
import { lazyManifest } from './lazy-manifest.ts';
import { fileNames } from './names.ts';
import { addNamespaces } from './own-namespaces.ts';
import { prepareTools, renderComponent, type Rendering } from './render-components.ts';
import type { Rendered, RenderedObject } from './rendered.ts';
import { builtInScopes, type KnownKind, type Scopes } from './scope.ts';

import { writeTree } from './tree/write-tree.ts';
import { printGroupKind } from '@cluster-forge/kube/object';

export interface SmeltOptions {
  /** Of the target, such as `v1.36.3`. */
  readonly kubeVersion: string;
  /** What charts may find in `.Capabilities.APIVersions` beyond the built-in APIs. */
  readonly apiVersions?: readonly string[];
  /** Kinds whose CRDs are not part of the platform because the cluster has them already. */
  readonly crdKinds?: readonly KnownKind[];
}

/**
 * Renders a platform: every component's objects with phase, namespace and provenance, written to `working/<component>/`. Components whose inputs did not
 * change come from the store. All findings come back at once; nothing is written to `working/` unless there are none. Cancellation throws.
 */
export async function smelt(
  platform: Platform,
  tree: SourceTree,
  options: SmeltOptions,
  ctx: ForgeContext,
): Promise<Result<readonly Rendered[]>> {
  return runTask({ id: 'smelt', title: 'Render components' }, ctx, async (task) => {
    const renderings = await renderAll(platform, tree, options, ctx);
    if (!renderings.ok) return renderings;
    const scopes = scopesOf(renderings.value, options);
    const finished = await Promise.all(renderings.value.map((rendering) => finishComponent(rendering, scopes, ctx)));
    const components = renderings.value.map(({ component }, at) => ({
      component,
      objects: finished[at]?.objects ?? [],
    }));
    const named = addNamespaces(components);
    if (!named.ok) return named;
    const collisions = findCollisions(named.value);
    if (collisions.length > 0) return failed(collisions);
    const root = join(platform.directory, 'working');
    const rendered = named.value.map(({ component, objects }, at) =>
      toRendered(component, objects, { root, finished: finished[at] }),
    );
    const edited = await writeTree(root, rendered.map(toFolder), ctx);
    if (rendered.every(({ cached }) => cached)) task.update({ state: 'cached' });
    return ok(rendered, [...named.value.flatMap((one) => findUnknownKinds(one, scopes)), ...edited]);
  });
}

async function renderAll(
  platform: Platform,
  tree: SourceTree,
  options: SmeltOptions,
  ctx: ForgeContext,
): Promise<Result<readonly Rendering[]>> {
  const settings = {
    kubeVersion: options.kubeVersion,
    apiVersions: options.apiVersions ?? [],
    scopeOf: (component: Component) => componentScope(platform, component),
  };
  const tools = await prepareTools(platform.components, settings, ctx);
  const outcomes = await Promise.all(
    platform.components.map((component) => renderComponent(component, tree, tools, ctx)),
  );
  const problems = outcomes.flatMap((outcome): readonly Diagnostic[] => (outcome.ok ? [] : outcome.failure));
  return problems.length > 0
    ? failed(problems)
    : ok(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])));
}

/** What the platform's own CRDs say comes before what a cluster has: a deploy will change the cluster. */
function scopesOf(renderings: readonly Rendering[], { crdKinds = [] }: SmeltOptions): Scopes {
  return new Map([
    ...builtInScopes,
    ...crdKinds.map((known): [string, boolean] => [printGroupKind(known), known.namespaced]),
    ...renderings.flatMap(({ defines }) => [...defines]),
  ]);
}

function toRendered(
  component: Component,
  objects: readonly FinishedObject[],
  { root, finished }: { readonly root: string; readonly finished: Finished | undefined },
): Rendered {
  const applied = objects.filter(({ placement }) => placement.kind === 'apply');
  const names = fileNames(
    applied.map(({ manifest }) => manifest.id),
    component.namespace,
  );
  return {
    component: component.name,
    fingerprint: digestOfParts([finished?.fingerprint ?? '', ...objects.map(namespaceFacts), ...names]),
    objects: applied.flatMap((object, at) => placed(object, join(root, component.name, names[at] ?? ''))),
    withheld: objects.flatMap(({ manifest, placement }) =>
      placement.kind === 'withhold' ? [{ manifest, reason: placement.reason }] : [],
    ),
    cached: finished?.cached ?? false,
  };
}

/** Labels of a Namespace may come from other components than its own. */
function namespaceFacts({ manifest }: FinishedObject): string {
  return manifest.id.kind === 'Namespace' ? canonical(manifest.labels) : '';
}

/** Problems in an object are told where it can be opened and is exactly what is deployed: in the working tree. */
function placed({ manifest, placement }: FinishedObject, file: string): readonly RenderedObject[] {
  if (placement.kind !== 'apply') return [];
  const opened = lazyManifest(manifest, () => manifest.text, { file, line: 1 });
  return [{ manifest: opened, phase: placement.phase, weight: placement.weight, file }];
}

function toFolder({ component, fingerprint, objects }: Rendered) {
  return {
    name: component,
    fingerprint,
    files: new Map(objects.map(({ file, manifest }) => [file.slice(file.lastIndexOf('/') + 1), manifest])),
  };
}
