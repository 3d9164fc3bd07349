import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '@cluster-forge/base';
import { askVersion, isAtLeast } from './version.ts';
import { programsOnPath } from './places/path.ts';
import type { Workshop } from './workshop.ts';

export interface Go {
  readonly path: string;
  readonly version: string;
}

/** The first Go on PATH that is new enough for a recipe, or why there is none. Go is never downloaded: that is the user's decision. */
export async function findGo(folder: string, shop: Workshop, ctx: Context): Promise<Go | string> {
  const minimum = await minimumGo(join(shop.recipes, folder));
  if (minimum === undefined) return `there is no recipe in ${join(shop.recipes, folder)}`;
  const refused: string[] = [];
  for (const path of await programsOnPath('go', shop.env)) {
    const version = await goVersion(path, ctx);
    if (version !== undefined && isAtLeast(version, minimum)) return { path, version };
    refused.push(
      version === undefined
        ? `${path} does not tell its version`
        : `${path} is ${version}, needed is ${minimum} or newer`,
    );
  }
  return refused.length === 0 ? `no go on PATH (needed is ${minimum} or newer)` : refused.join('; ');
}

/** The `go` line of the recipe's go.mod. */
async function minimumGo(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'go.mod'), 'utf8').catch(() => '');
  return /^go (\d+(?:\.\d+)+)/m.exec(text)?.[1];
}

function goVersion(path: string, ctx: Context): Promise<string | undefined> {
  return askVersion(path, ['version'], ctx);
}
