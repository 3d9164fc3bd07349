import { access, constants } from 'node:fs/promises';
import type { Context } from '@cluster-forge/base';
import { toolErrors } from '../errors.ts';
import type { Pin, ToolName } from '../pin.ts';
import type { Refusal, Tool } from '../tool.ts';
import { knownVersion } from '../version.ts';
import type { Workshop } from '../workshop.ts';

/** `FORGE_TOOL_KUBE_APISERVER` for `kube-apiserver`. */
function variableOf(name: ToolName): string {
  return `FORGE_TOOL_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The program that the user named. Any version is taken, because it was chosen; a missing one is E_TOOL_EXPLICIT, because falling back would hide it. */
export async function fromExplicit(pin: Pin, shop: Workshop, ctx: Context): Promise<Tool | Refusal> {
  const variable = variableOf(pin.name);
  const path = shop.explicit[pin.name] ?? shop.env[variable];
  if (path === undefined || path === '') return { place: 'explicit', reason: `${variable} is not set` };
  await access(path, constants.X_OK).catch((error: unknown) => Promise.reject(notRunnable(variable, path, error)));
  return {
    name: pin.name,
    path,
    version: (await knownVersion(path, pin, shop.store, ctx)) ?? 'unknown',
    place: 'explicit',
  };
}

function notRunnable(variable: string, path: string, error: unknown): Error {
  return toolErrors.E_TOOL_EXPLICIT(
    {
      what: `${variable} names a program that cannot be run`,
      why: error instanceof Error ? error.message : String(error),
      where: { file: path },
      fix: `correct ${variable}, or unset it`,
    },
    { cause: error },
  );
}
