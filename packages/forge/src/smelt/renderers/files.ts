import { readFile } from 'node:fs/promises';
import { ForgeError, diagnosticsOf, type Diagnostic } from '@cluster-forge/base';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import type { Source } from '../../config/platform.ts';
import { listFiles, type ListedFile } from '../../mine/file-list.ts';
import { smeltErrors } from '../errors.ts';
import { throwAll } from '../findings.ts';
import type { RawObject, Renderer } from '../renderer.ts';

/** Plain YAML files, taken as they are. An expression in them is a mistake: nobody would evaluate it. */
export const files: Renderer<Extract<Source, { kind: 'files' }>> = {
  render: async ({ source }) => {
    const found = await listFiles(source.directory, source.where, source.include);
    const outcomes = await Promise.all(found.map(readOne));
    throwAll(outcomes.flatMap(({ problems }) => problems));
    return outcomes.flatMap(({ objects }) => objects);
  },
};

interface Outcome {
  readonly objects: readonly RawObject[];
  readonly problems: readonly Diagnostic[];
}

async function readOne({ path, name }: ListedFile): Promise<Outcome> {
  const text = await readFile(path, 'utf8');
  const open = text.indexOf('${{');
  if (open !== -1) return { objects: [], problems: [expression(text, open, path)] };
  try {
    const objects = readManifests(text, path).map((manifest) => ({
      manifest,
      from: { file: name, ...(manifest.origin === undefined ? {} : { line: manifest.origin.line }) },
    }));
    return { objects, problems: [] };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { objects: [], problems: diagnosticsOf(error) };
  }
}

function expression(text: string, at: number, file: string): Diagnostic {
  const before = text.slice(0, at).split('\n');
  return smeltErrors.E_SMELT_EXPRESSION.diagnostic({
    what: 'a plain file holds an expression',
    why: 'files are taken as they are; `${{ }}` would reach the cluster as text',
    where: { file, line: before.length, column: (before.at(-1) ?? '').length + 1 },
    fix: 'make it a `template` source to have it evaluated, or a `manifest` source to keep it as text',
  });
}
