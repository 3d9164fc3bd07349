import { isObject, suggest, type Json, type JsonObject, type Path, type Where } from '@cluster-forge/base';
import { givenNamespaces } from '@cluster-forge/kube/object';
import type { Scope } from '@cluster-forge/base/cel/cel';
import { chooseProviders, printCapability, type Choice, type Offer } from './capabilities.ts';
import type { Catalog } from './catalog.ts';
import type { ComponentFiles } from './component-files.ts';
import { configErrors } from './errors.ts';
import { evaluate, evaluateText, holds, withPath } from './evaluation.ts';
import { locate, nodeAt, valueOf, type Tree } from './layers.ts';
import type { Component, Gate, Requirement } from './platform.ts';
import type { Loading } from './request.ts';
import { durationMs } from './schema/common.ts';
import { ownView, platformScope, type ComponentView } from './scope.ts';
import { readHealth, readSimulate } from './side-files.ts';
import { resolveSecrets } from './secrets.ts';
import { resolveSources } from './sources.ts';

/** What the components of a platform are built from. */
export interface Plan {
  readonly tree: Tree;
  readonly name: string;
  readonly environment: string;
  readonly params: JsonObject;
  readonly files: ReadonlyMap<string, ComponentFiles>;
  readonly catalog: Catalog;
  readonly isOnByDefault: (name: string) => boolean;
  readonly loading: Loading;
}

export interface Built {
  readonly components: readonly Component[];
  readonly disabled: readonly string[];
  readonly providers: Readonly<Record<string, string>>;
}

/** Evaluates everything that components say, in the order in which expressions may refer to each other: names, then capabilities, then values, then the rest. */
export async function buildComponents(plan: Plan): Promise<Built> {
  const early: Scope = { params: plan.params, platform: { name: plan.name, environment: plan.environment } };
  const views = [...plan.files.keys()].sort().map((name) => viewOf(name, early, plan));
  const view = { params: plan.params, name: plan.name, environment: plan.environment, components: views };
  const enabled = views.filter((one) => one.enabled);
  const withoutCapabilities = platformScope({ ...view, providers: {} });
  const providers = resolveProviders(enabled, withoutCapabilities, plan);
  const scope = platformScope({
    ...view,
    providers: Object.fromEntries([...providers].filter(([name]) => !name.startsWith('crd/'))),
  });
  const components = await Promise.all(enabled.map((one) => buildComponent(one, scope, { plan, providers, enabled })));
  return {
    components,
    disabled: views.filter((one) => !one.enabled).map(({ name }) => name),
    providers: Object.fromEntries(
      [...providers].filter(([name]) => !name.startsWith('crd/')).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function viewOf(name: string, scope: Scope, { tree, isOnByDefault, loading }: Plan): ComponentView {
  const text = (field: string) => {
    const value = at(tree, name, field);
    return evaluateText(typeof value === 'string' ? value : '', scope, placeOf(tree, name, [field]), loading);
  };
  const enabled = at(tree, name, 'enabled');
  const isEnabled =
    typeof enabled === 'string'
      ? holds(enabled, scope, placeOf(tree, name, ['enabled']), loading)
      : (enabled ?? isOnByDefault(name));
  return { name, namespace: text('namespace'), version: text('version'), enabled: isEnabled === true };
}

function at(tree: Tree, name: string, ...path: Path): Json | undefined {
  return valueOf(nodeAt(tree, ['components', name, ...path]));
}

function placeOf(tree: Tree, name: string, path: Path): Where {
  return withPath((full) => locate(tree, full) ?? {}, ['components', name, ...path]);
}

function resolveProviders(enabled: readonly ComponentView[], scope: Scope, plan: Plan): ReadonlyMap<string, string> {
  const offers = enabled.flatMap((component) => offersOf(component, scope, plan));
  const overlays = nodeAt(plan.tree, ['components']);
  const names = overlays?.kind === 'map' ? [...overlays.children.keys()] : [];
  const choices = names.flatMap((capability): readonly Choice[] => {
    const provider = plan.files.has(capability) ? undefined : at(plan.tree, capability, 'provider');
    return typeof provider === 'string'
      ? [{ capability, provider, where: placeOf(plan.tree, capability, ['provider']) }]
      : [];
  });
  return chooseProviders(offers, choices, (capability) => possibleProviders(capability, plan), plan.loading);
}

function offersOf({ name }: ComponentView, scope: Scope, { files, loading }: Plan): readonly Offer[] {
  const main = files.get(name)?.main;
  return (main?.value.spec.provides ?? []).flatMap(({ capability, crd, when }, index) => {
    if (main === undefined || !holds(when, scope, withPath(main.where, ['spec', 'provides', index, 'when']), loading))
      return [];
    return [
      { capability: capability ?? `crd/${crd ?? ''}`, component: name, where: main.where(['spec', 'provides', index]) },
    ];
  });
}

/** Components among those that were read, enabled or not. */
function possibleProviders(capability: string, { files }: Plan): readonly string[] {
  const provides = ({ main }: ComponentFiles) =>
    (main.value.spec.provides ?? []).some(
      (one) => one.capability === capability || `crd/${one.crd ?? ''}` === capability,
    );
  return [...files.values()].filter(provides).map(({ name }) => name);
}

interface Context {
  readonly plan: Plan;
  readonly providers: ReadonlyMap<string, string>;
  readonly enabled: readonly ComponentView[];
}

async function buildComponent(view: ComponentView, shared: Scope, context: Context): Promise<Component> {
  const { plan } = context;
  const { tree, loading } = plan;
  const { name } = view;
  const files = plan.files.get(name);
  if (files === undefined) throw new Error(`component ${name} was not read`);
  const withSelf: Scope = { ...shared, component: ownView(view) };
  const values = asObject(
    evaluate(at(tree, name, 'values') ?? {}, withSelf, (path) => placeOf(tree, name, ['values', ...path]), loading),
  );
  const scope: Scope = { ...withSelf, values };
  const { metadata, spec } = files.main.value;
  const sources = await resolveSources({ files, scope, version: view.version, values, loading });
  return {
    name,
    directory: files.entry.directory,
    version: view.version,
    category: metadata.category,
    title: metadata.title,
    namespace: view.namespace,
    ...namespaceLabelsOf(spec.namespaceLabels, view.namespace),
    sources,
    values,
    requires: requirementsOf(files, scope, context),
    provides: offersOf(view, scope, plan).map(({ capability }) => capability),
    secrets: resolveSecrets(files, scope, view.namespace, loading),
    health: await readHealth(files, loading),
    simulate: await readSimulate(files, loading),
    gate: gateOf(tree, name, loading),
    where: files.main.where(['metadata', 'name']),
  };
}

function namespaceLabelsOf(
  labels: Readonly<Record<string, string>> | null | undefined,
  namespace: string,
): Pick<Component, 'namespaceLabels'> {
  if (labels === null || (labels === undefined && givenNamespaces.has(namespace))) return {};
  return { namespaceLabels: labels ?? {} };
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

const durationPattern = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

function gateOf(tree: Tree, name: string, loading: Loading): Gate {
  const read = (field: 'timeout' | 'settle', fallback: string): number => {
    const value = at(tree, name, 'gate', field) ?? fallback;
    if (typeof value === 'string' && durationPattern.test(value)) return durationMs(value);
    const where = placeOf(tree, name, ['gate', field]);
    loading.problems.push(
      configErrors.E_CONFIG_SCHEMA.diagnostic({
        what: `gate.${field} must be a duration, but is ${JSON.stringify(value)}`,
        fix: 'write it like 5m or 90s',
        where,
      }),
    );
    return 0;
  };
  return { timeoutMs: read('timeout', '5m'), settleMs: read('settle', '2s') };
}

function requirementsOf(
  files: ComponentFiles,
  scope: Scope,
  { plan, providers, enabled }: Context,
): readonly Requirement[] {
  const { name, main } = files;
  const found = (main.value.spec.requires ?? []).flatMap(
    ({ capability, crd, component, when }, index): readonly Requirement[] => {
      const where = withPath(main.where, ['spec', 'requires', index]);
      if (!holds(when, scope, { ...where, path: `${where.path ?? ''}.when` }, plan.loading)) return [];
      if (component !== undefined) {
        if (enabled.some((one) => one.name === component)) return [{ component, reason: `component ${component}` }];
        plan.loading.problems.push(notEnabled(name, component, { where, plan }));
        return [];
      }
      const needed = capability ?? `crd/${crd ?? ''}`;
      const provider = providers.get(needed);
      if (provider !== undefined)
        return provider === name ? [] : [{ component: provider, reason: printCapability(needed) }];
      plan.loading.problems.push(...notProvided(name, needed, { where, plan, enabled, scope }));
      return [];
    },
  );
  return found.filter(
    (one, index) =>
      found.findIndex(({ component, reason }) => component === one.component && reason === one.reason) === index,
  );
}

function notEnabled(name: string, component: string, { where, plan }: { readonly where: Where; readonly plan: Plan }) {
  const isKnown = plan.catalog.components.has(component);
  return configErrors.E_CONFIG_REQUIRES.diagnostic({
    what: `${name} requires the component ${component}, which is not enabled`,
    fix: isKnown
      ? `enable it: components: {${component}: {}}`
      : (suggest(component, plan.catalog.components.keys()) ?? 'add it to a catalog'),
    where,
  });
}

interface Unmet {
  readonly where: Where;
  readonly plan: Plan;
  readonly enabled: readonly ComponentView[];
  readonly scope: Scope;
}

function notProvided(name: string, capability: string, { where, plan, enabled, scope }: Unmet) {
  const offered = enabled.flatMap((one) => offersOf(one, scope, plan)).map((offer) => offer.capability);
  // Several providers without a choice have been reported once for all.
  if (offered.includes(capability)) return [];
  const possible = possibleProviders(capability, plan);
  const fix = possible.length > 0 ? `enable one of: ${possible.join(', ')}` : suggest(capability, offered);
  return [
    configErrors.E_CONFIG_CAPABILITY.diagnostic({
      what: `${name} requires ${printCapability(capability)}, which no enabled component provides`,
      fix: fix ?? 'add a component that provides it',
      where,
    }),
  ];
}
