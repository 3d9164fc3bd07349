import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Where } from '@cluster-forge/base';
import { configErrors } from './errors.ts';
import type { Loading } from './request.ts';

/** A folder of a catalog, with the names of the files in it. */
export interface CatalogEntry {
  readonly name: string;
  readonly directory: string;
  readonly files: ReadonlySet<string>;
}

/** Everything the catalogs offer, by name. The first folder that has a name wins, so that a platform's own catalog can replace a built-in component. */
export interface Catalog {
  readonly components: ReadonlyMap<string, CatalogEntry>;
  readonly stacks: ReadonlyMap<string, CatalogEntry>;
}

export interface CatalogFolder {
  readonly directory: string;
  /** Where the folder was asked for; absent for folders that may be missing. */
  readonly wantedBy?: Where;
}

/** Lists the folders; no file is opened. */
export async function openCatalog(folders: readonly CatalogFolder[], loading: Loading): Promise<Catalog> {
  const entries = (await Promise.all(folders.map((folder) => entriesOf(folder, loading)))).flat();
  const having = (file: string) =>
    new Map(
      entries
        .filter(({ files }) => files.has(file))
        .map((entry) => [entry.name, entry] as const)
        .toReversed(),
    );
  return { components: having('component.yaml'), stacks: having('stack.yaml') };
}

async function entriesOf({ directory, wantedBy }: CatalogFolder, loading: Loading): Promise<readonly CatalogEntry[]> {
  const children = await list(directory);
  if (children === undefined) {
    if (wantedBy !== undefined) loading.problems.push(missing(directory, wantedBy));
    return [];
  }
  const folders = children.filter((child) => child.isDirectory() || child.isSymbolicLink());
  return Promise.all(
    folders.map(async ({ name }) => {
      const path = join(directory, name);
      const files = (await list(path)) ?? [];
      return { name, directory: path, files: new Set(files.map((file) => file.name)) };
    }),
  );
}

/** Undefined when there is no such folder. */
async function list(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

function missing(directory: string, where: Where) {
  return configErrors.E_CONFIG_FILE.diagnostic({
    what: `the catalog folder ${directory} does not exist`,
    fix: 'correct the path; it is relative to the file that names it',
    where,
  });
}
