import type { Scope } from '@cluster-forge/base/cel/cel';
import type { Component, Platform } from '../config/platform.ts';

/** What template expressions see: `params`, the component's `values`, and the component itself. */
export function templateScope(platform: Platform, component: Component): Scope {
  const { name, namespace, version } = component;
  return { params: platform.params, values: component.values, component: { name, namespace, version } };
}
