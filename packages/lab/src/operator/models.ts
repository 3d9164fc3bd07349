import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError, type Json } from '@cluster-forge/base';
import { writeFileAtomic } from '@cluster-forge/base/files/atomic';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import { labErrors } from '../errors.ts';
import { parseModels } from './parse.ts';
import type { OperatorModel } from './schema.ts';

/** Replaces the models of a lab as a whole; its operator process follows. Throws E_LAB_MODEL with every problem of every document. */
export async function writeModels(directory: string, documents: readonly Json[]): Promise<void> {
  checked(documents);
  // JSON is YAML, and written by a program it needs no style.
  await writeFileAtomic(
    join(directory, 'models.yaml'),
    documents.map((document) => `---\n${JSON.stringify(document)}\n`).join(''),
    { mode: 0o600 },
  );
}

/** All models of a directory, from every .yaml file in it. Throws E_LAB_MODEL, E_MANIFEST_YAML. */
export async function readModels(directory: string): Promise<readonly OperatorModel[]> {
  const names = (await readdir(directory)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
  const files = await Promise.all(
    names.map(async (name) => readManifests(await readFile(join(directory, name), 'utf8'), join(directory, name))),
  );
  return checked(files.flat().map(({ object }) => object));
}

/** Calls `changed` after every change in a directory, and at once when watching begins. Ends with the signal. */
export function watchModels(directory: string, changed: () => void, signal: AbortSignal): void {
  watch(directory, { signal }, changed).on('error', () => undefined);
  changed();
}

function checked(documents: readonly Json[]): readonly OperatorModel[] {
  const parsed = parseModels(documents);
  if (parsed.ok) return parsed.value;
  const [first] = parsed.failure;
  throw labErrors.E_LAB_MODEL(
    {
      what: first?.what ?? 'an operator model is not valid',
      ...(first?.where === undefined ? {} : { where: first.where }),
      fix: 'correct the simulate.yaml it comes from',
    },
    { diagnostics: parsed.failure },
  );
}

/** Text of an error with its findings, for a log. */
export function describe(error: unknown): string {
  if (!(error instanceof ForgeError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const findings = error.diagnostics.map(
    ({ what, where }) => `${what}${where?.path === undefined ? '' : ` (${where.path})`}`,
  );
  return [`${error.code}: ${error.message}`, ...findings].join('\n  ');
}
