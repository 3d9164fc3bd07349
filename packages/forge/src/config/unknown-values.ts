import {
  isObject,
  nearest,
  printPath,
  type Diagnostic,
  type Json,
  type JsonObject,
  type Path,
} from '@cluster-forge/base';
import type { ComponentFiles } from './component-files.ts';
import { configErrors } from './errors.ts';
import { locate, type Tree } from './layers.ts';
import type { Component } from './platform.ts';

interface Known {
  readonly components: ReadonlyMap<string, ComponentFiles>;
  readonly tree: Tree;
}

/**
 * Values that look like a misspelt one: for components made of templates only, whose values files name every value there is. Charts have more values
 * than any file here says, and maps such as labels have keys of their own, so only a name close to a known one is reported, as a warning.
 */
export function unknownValues(built: readonly Component[], { components, tree }: Known): readonly Diagnostic[] {
  return built.flatMap((component) => {
    const files = components.get(component.name);
    if (files === undefined || !component.sources.every(({ kind }) => kind === 'template')) return [];
    const defaults = files.values.map(({ file }) => file.value);
    return strangers(component.values, [...defaults, files.main.value.spec.values ?? {}], []).map(({ path, meant }) => {
      const full = ['components', component.name, 'values', ...path];
      const name = printPath(full);
      return configErrors.E_CONFIG_UNKNOWN_VALUE.warning({
        what: `${name} is not among the values of ${component.name}`,
        fix: `did you mean "${meant}"?`,
        where: { ...locate(tree, full), path: name },
      });
    });
  });
}

function strangers(
  value: JsonObject,
  defaults: readonly JsonObject[],
  path: Path,
): readonly { readonly path: Path; readonly meant: string }[] {
  const known = new Set(defaults.flatMap((map) => Object.keys(map)));
  return Object.entries(value).flatMap(([key, item]) => {
    const at = [...path, key];
    if (known.has(key))
      return isObject(item)
        ? strangers(
            item,
            defaults.flatMap((map) => mapAt(map[key])),
            at,
          )
        : [];
    const meant = nearest(
      key,
      [...known].filter((name) => !Object.hasOwn(value, name) || defaults.some((map) => map[name] === value[name])),
    );
    return meant === undefined ? [] : [{ path: at, meant }];
  });
}

function mapAt(value: Json | undefined): readonly JsonObject[] {
  return isObject(value) ? [value] : [];
}
