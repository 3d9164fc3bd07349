import { join } from 'node:path';
import type { Json, JsonObject } from '@cluster-forge/base';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { configErrors } from './errors.ts';
import type { LayerPart } from './layers.ts';
import { below, readConfig, readValues, type ConfigFile } from './read-file.ts';
import type { Loading } from './request.ts';
import { componentFile, type ComponentFile } from './schema/component.ts';

/** A component as its folder describes it. */
export interface ComponentFiles {
  readonly name: string;
  readonly entry: CatalogEntry;
  readonly main: ConfigFile<ComponentFile>;
  /** Files of default values, weakest first: those that charts name, then values.yaml. `key` is the part of the values they fill. */
  readonly values: readonly { readonly key?: string; readonly file: ConfigFile<JsonObject> }[];
}

/** Reads the named components; those with problems are left out. */
export async function readComponents(
  names: Iterable<string>,
  catalog: Catalog,
  loading: Loading,
): Promise<ReadonlyMap<string, ComponentFiles>> {
  const entries = [...names].sort().flatMap((name) => catalog.components.get(name) ?? []);
  const read = await Promise.all(entries.map((entry) => readComponent(entry, loading)));
  return new Map(read.filter((files) => files !== undefined).map((files) => [files.name, files]));
}

async function readComponent(entry: CatalogEntry, loading: Loading): Promise<ComponentFiles | undefined> {
  const main = await readConfig(join(entry.directory, 'component.yaml'), componentFile, loading);
  if (main === undefined) return undefined;
  if (main.value.metadata.name !== entry.name) {
    loading.problems.push(
      configErrors.E_CONFIG_SCHEMA.diagnostic({
        what: `the component calls itself "${main.value.metadata.name}", but its folder is ${entry.name}`,
        fix: 'give both the same name',
        where: { ...main.where(['metadata', 'name']), path: 'metadata.name' },
      }),
    );
  }
  return { name: entry.name, entry, main, values: await readDefaults(main, entry, loading) };
}

async function readDefaults(
  main: ConfigFile<ComponentFile>,
  entry: CatalogEntry,
  loading: Loading,
): Promise<ComponentFiles['values']> {
  const named = main.value.spec.sources.flatMap(({ helm }, index) => {
    if (helm?.values === undefined || helm.values === 'values.yaml') return [];
    const wantedBy = main.where(['spec', 'sources', index, 'helm', 'values']);
    return [{ name: helm.values, wantedBy, ...(helm.valuesKey === undefined ? {} : { key: helm.valuesKey }) }];
  });
  const all = [...named, ...(entry.files.has('values.yaml') ? [{ name: 'values.yaml', wantedBy: undefined }] : [])];
  const read = await Promise.all(
    all.map(async ({ name, wantedBy, ...rest }) => ({
      ...rest,
      file: await readValues(join(entry.directory, name), loading, wantedBy),
    })),
  );
  return read.flatMap(({ file, ...rest }) => (file === undefined ? [] : [{ ...rest, file }]));
}

/** The weakest layers of a component: what its own files say. */
export function defaultParts({ name, main, values }: ComponentFiles): readonly LayerPart[] {
  const layer = `component ${name}`;
  const at = ['components', name];
  const files = values.map(({ key, file }): LayerPart => ({
    layer,
    at: [...at, 'values', ...(key === undefined ? [] : [key])],
    value: file.value,
    where: file.where,
  }));
  const { version, namespace, gate, values: inline } = main.value.spec;
  const own: JsonObject = { version, namespace, ...present('gate', gate), ...present('values', inline) };
  return [...files, { layer, at, value: own, where: below(main.where, ['spec']) }];
}

/** What a component says about one size. */
export function sizePart({ name, main }: ComponentFiles, size: string): readonly LayerPart[] {
  const { sizes } = main.value.spec;
  const setting = sizes !== undefined && Object.hasOwn(sizes, size) ? sizes[size] : undefined;
  if (setting === undefined) return [];
  const value: JsonObject = { ...present('values', setting.values), ...present('gate', setting.gate) };
  return [
    { layer: `size ${size}`, at: ['components', name], value, where: below(main.where, ['spec', 'sizes', size]) },
  ];
}

/** A field only when it is there: an absent one must not look like a value. */
function present(key: string, value: object | undefined): JsonObject {
  // The schema produced it from JSON.
  return value === undefined ? {} : { [key]: value as Json };
}
