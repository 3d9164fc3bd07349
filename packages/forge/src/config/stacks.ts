import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { suggest, type Where } from '@cluster-forge/base';
import { printCycle } from '@cluster-forge/base/graph/cycles';
import type { Catalog } from './catalog.ts';
import { configErrors } from './errors.ts';
import { readConfig, type ConfigFile } from './read-file.ts';
import type { Loading } from './request.ts';
import { stackFile, type StackFile } from './schema/stack.ts';

/** A list of stacks as a file wrote it. */
export interface Extends {
  readonly references: readonly string[];
  /** The file that holds the list; relative paths start at its folder. */
  readonly file: string;
  where(index: number): Where;
}

export type Stack = ConfigFile<StackFile>;

interface Walk {
  readonly catalog: Catalog;
  readonly loading: Loading;
  /** Finished stacks by file, weakest first. */
  readonly done: Map<string, Stack | undefined>;
  /** Files on the way from the platform to here. */
  readonly path: readonly string[];
}

/** Reads all stacks that a list reaches, weakest first: what a stack extends comes before it, and each stack counts once. */
export async function readStacks(list: Extends, catalog: Catalog, loading: Loading): Promise<readonly Stack[]> {
  const done = new Map<string, Stack | undefined>();
  await follow(list, { catalog, loading, done, path: [list.file] });
  return [...done.values()].filter((stack) => stack !== undefined);
}

async function follow(list: Extends, walk: Walk): Promise<void> {
  for (const [index, reference] of list.references.entries()) {
    const where = list.where(index);
    const file = locateStack(reference, list.file, { walk, where });
    if (file === undefined || walk.done.has(file)) continue;
    if (walk.path.includes(file)) walk.loading.problems.push(cycle(walk.path.slice(walk.path.indexOf(file)), where));
    else await readStack(file, walk, where);
  }
}

async function readStack(file: string, walk: Walk, wantedBy: Where): Promise<void> {
  const stack = await readConfig(file, stackFile, walk.loading, wantedBy);
  if (stack?.value.spec.extends !== undefined) {
    const list = {
      references: stack.value.spec.extends,
      file,
      where: (index: number) => stack.where(['spec', 'extends', index]),
    };
    await follow(list, { ...walk, path: [...walk.path, file] });
  }
  walk.done.set(file, stack);
}

/** Absolute path of the stack file that a reference means. */
function locateStack(
  reference: string,
  from: string,
  { walk, where }: { readonly walk: Walk; readonly where: Where },
): string | undefined {
  if (/^[a-z+]+:\/\//.test(reference)) {
    walk.loading.problems.push(remote(reference, where));
    return undefined;
  }
  if (isPath(reference)) {
    const path = resolve(dirname(from), reference);
    return extname(path) === '' ? join(path, 'stack.yaml') : path;
  }
  const entry = walk.catalog.stacks.get(reference);
  if (entry === undefined) walk.loading.problems.push(unknown(reference, walk.catalog, where));
  return entry === undefined ? undefined : join(entry.directory, 'stack.yaml');
}

function isPath(reference: string): boolean {
  return isAbsolute(reference) || reference.includes('/') || reference.startsWith('.') || /\.ya?ml$/.test(reference);
}

function remote(reference: string, where: Where) {
  const isKnown = reference.startsWith('oci://') || reference.startsWith('git+https://');
  return configErrors.E_CONFIG_REMOTE.diagnostic({
    what: `${reference} cannot be used as a stack`,
    why: isKnown
      ? 'stacks from registries and git repositories are not available yet'
      : 'only oci:// and git+https:// are planned as locations',
    fix: 'copy the stack beside platform.yaml and extend it by its relative path, such as ./stacks/base',
    where,
  });
}

function unknown(reference: string, catalog: Catalog, where: Where) {
  const isComponent = catalog.components.has(reference);
  return configErrors.E_CONFIG_STACK.diagnostic({
    what: `there is no stack "${reference}"`,
    fix: isComponent
      ? `"${reference}" is a component: name it under components`
      : (suggest(reference, catalog.stacks.keys()) ?? 'no catalog has any stack; a relative path starts with ./'),
    where,
  });
}

function cycle(files: readonly string[], where: Where) {
  return configErrors.E_CONFIG_EXTENDS_CYCLE.diagnostic({
    what: `stacks extend each other in a circle: ${printCycle(files.map(shortName))}`,
    why: 'a stack cannot be weaker and stronger than itself',
    fix: 'remove one of these extends',
    where,
  });
}

/** The folder for `stack.yaml`, the file name otherwise. */
function shortName(file: string): string {
  const parts = file.split('/');
  return (parts.at(-1) === 'stack.yaml' ? parts.at(-2) : parts.at(-1)) ?? file;
}
