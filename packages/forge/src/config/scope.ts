import type { Json, JsonObject } from '@cluster-forge/base';
import type { Scope } from '@cluster-forge/base/cel/cel';
import { record } from './evaluation.ts';
import type { Component, Platform } from './platform.ts';

/** What expressions see of a component. */
export interface ComponentView {
  readonly name: string;
  readonly namespace: string;
  readonly version: string;
  readonly enabled: boolean;
}

/** The variables that all expressions share. */
export interface PlatformView {
  readonly params: JsonObject;
  readonly name: string;
  readonly environment?: string;
  readonly components: readonly ComponentView[];
  readonly providers: Readonly<Record<string, string>>;
}

/**
 * Variables for the expressions of one component, in its values, sources and templates:
 * `params`, `values` (its own), `component` {name, namespace, version}, `platform` {name, environment; '' when there is none},
 * `components["<name>"]` {namespace, version, enabled}, `capabilities["<name>"]` {component, namespace}.
 */
export function componentScope(platform: Platform, component: Component): Scope {
  const disabled = (platform.disabled ?? []).map((name) => ({ name, namespace: '', version: '', enabled: false }));
  const components = [
    ...platform.components.map(({ name, namespace, version }) => ({ name, namespace, version, enabled: true })),
    ...disabled,
  ];
  const shared = platformScope({ ...platform, components });
  return { ...shared, component: ownView(component), values: component.values };
}

/** The variables without those of one component. */
export function platformScope({ params, name, environment, components, providers }: PlatformView): Scope {
  const namespaces = new Map(components.map((component) => [component.name, component.namespace]));
  return {
    params,
    platform: { name, environment: environment ?? '' },
    components: record(
      components.map(({ name, namespace, version, enabled }) => [name, { namespace, version, enabled }]),
    ),
    capabilities: record(
      Object.entries(providers).map(([capability, component]): [string, Json] => [
        capability,
        { component, namespace: namespaces.get(component) ?? '' },
      ]),
    ),
  };
}

export function ownView({
  name,
  namespace,
  version,
}: Pick<ComponentView, 'name' | 'namespace' | 'version'>): JsonObject {
  return { name, namespace, version };
}
