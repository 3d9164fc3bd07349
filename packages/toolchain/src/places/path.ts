import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Context } from '@cluster-forge/base';
import type { Pin } from '../pin.ts';
import type { Refusal, Tool } from '../tool.ts';
import { isAtLeast, knownVersion } from '../version.ts';
import type { Workshop } from '../workshop.ts';

/** The first program on PATH that has the right version: exactly the pinned one, because other versions render other bytes. */
export async function fromPath(pin: Pin, shop: Workshop, ctx: Context): Promise<Tool | Refusal> {
  const refused: string[] = [];
  for (const path of await programsOnPath(pin.name, shop.env)) {
    const version = await knownVersion(path, pin, shop.store, ctx);
    if (version !== undefined && isWanted(version, pin)) return { name: pin.name, path, version, place: 'path' };
    refused.push(
      version === undefined
        ? `${path} does not tell its version`
        : `${path} is ${version}, wanted is ${wantedVersion(pin)}`,
    );
  }
  return { place: 'path', reason: refused.length === 0 ? `no ${pin.name} on PATH` : refused.join('; ') };
}

/** What a pin accepts, in words. */
export function wantedVersion(pin: Pin): string {
  return pin.kind === 'pinned' ? pin.version : `${pin.minimum} or newer`;
}

/** Executable files of that name, in the order of PATH. Relative entries are left out: they mean something else in every directory. */
export async function programsOnPath(name: string, env: Workshop['env']): Promise<readonly string[]> {
  const directories = (env['PATH'] ?? '').split(':').filter(isAbsolute);
  const paths = [...new Set(directories.map((directory) => join(directory, name)))];
  const usable = await Promise.all(paths.map(isProgram));
  return paths.filter((_, index) => usable[index]);
}

function isWanted(version: string, pin: Pin): boolean {
  return pin.kind === 'pinned' ? version === pin.version : isAtLeast(version, pin.minimum);
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
