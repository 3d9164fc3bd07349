import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isObject, type Json, type Where } from '@cluster-forge/base';
import { isBelow } from '@cluster-forge/base/files/join-below';
import { readGoYaml } from '@cluster-forge/kube/manifest/go-yaml';
import { mineErrors } from './errors.ts';
import { missing } from './file-list.ts';

/** A directory that a kustomization reads. `name` is its path from the root kustomization, equal on every computer. */
export interface KustomizationDirectory {
  readonly name: string;
  readonly path: string;
}

const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** Fields whose entries may be directories outside of the kustomization; kustomize refuses files there. */
const reachingFields = ['resources', 'bases', 'components', 'generators', 'transformers', 'validators', 'crds'];
const maxDirectories = 1000;

/**
 * The directory of a kustomization and all directories its bases and components lie in, nested ones folded into their parents, in order of name.
 * Without them a change in `../base` would go unnoticed. Throws E_MINE_MISSING, and E_MINE_CONTENT when there is no kustomization.
 */
export async function kustomizationDirectories(root: string, where: Where): Promise<readonly KustomizationDirectory[]> {
  const found = await reachedDirectories(root, where);
  const [start = root] = found;
  const outer = [...found].filter((path) => ![...found].some((other) => other !== path && isBelow(other, path)));
  return outer
    .map((path) => ({ name: relative(start, path).split(sep).join('/'), path }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All directories a kustomization reaches; the first is its own. */
async function reachedDirectories(root: string, where: Where): Promise<ReadonlySet<string>> {
  const start = await realpath(root).catch((error: unknown) => Promise.reject(missing(root, where, error)));
  const found = new Set([start]);
  for (const directory of found) {
    const kustomization = await readKustomization(directory);
    if (kustomization === undefined && directory === start) throw noKustomization(root, where);
    for (const target of await targetsOf(kustomization, directory)) found.add(target);
    if (found.size > maxDirectories) throw tooMany(root, where);
  }
  return found;
}

async function readKustomization(directory: string): Promise<Json | undefined> {
  for (const name of fileNames) {
    const path = join(directory, name);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return readGoYaml(text, { file: path });
  }
  return undefined;
}

/** What a kustomization names beside plain files: paths below or beside it, and addresses in the network. */
function entriesOf(kustomization: Json | undefined): readonly string[] {
  if (!isObject(kustomization)) return [];
  const entries = reachingFields.flatMap((field): readonly Json[] => {
    const list = kustomization[field];
    return Array.isArray(list) ? list : [];
  });
  return entries.filter((entry): entry is string => typeof entry === 'string' && !entry.includes('\n'));
}

async function targetsOf(kustomization: Json | undefined, directory: string): Promise<readonly string[]> {
  const local = entriesOf(kustomization).filter((entry) => !isAddress(entry));
  const paths = await Promise.all(local.map((entry) => directoryAt(resolve(directory, entry))));
  return paths.filter((path) => path !== undefined);
}

/** The addresses that a kustomization and its bases would read while they are built. */
export async function kustomizationAddresses(root: string, where: Where): Promise<readonly string[]> {
  const directories = await reachedDirectories(root, where);
  const kustomizations = await Promise.all([...directories].map(readKustomization));
  return [...new Set(kustomizations.flatMap(entriesOf).filter(isAddress))];
}

function isAddress(entry: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(entry) || /^git@|[?&](?:ref|version)=/.test(entry);
}

async function directoryAt(path: string): Promise<string | undefined> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.isDirectory() === true ? realpath(path) : undefined;
}

function noKustomization(root: string, where: Where): Error {
  return mineErrors.E_MINE_CONTENT({
    what: `${root} is not a kustomization`,
    why: `it has none of ${fileNames.join(', ')}`,
    where,
    fix: 'name the directory that holds the kustomization, or use a `files` source for plain YAML',
  });
}

function tooMany(root: string, where: Where): Error {
  return mineErrors.E_MINE_SIZE({
    what: `${root} reaches more than ${maxDirectories} directories`,
    where,
    fix: 'split the kustomization',
  });
}
