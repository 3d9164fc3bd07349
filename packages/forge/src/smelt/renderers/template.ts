import { readFile } from 'node:fs/promises';
import { ForgeError, diagnosticsOf, isObject, type Diagnostic, type Json, type Where } from '@cluster-forge/base';
import { createCel, type Cel, type Scope } from '@cluster-forge/base/cel/cel';
import { parseYaml, type YamlDocument } from '@cluster-forge/base/yaml/yaml';
import { manifestOf } from '@cluster-forge/kube/manifest/read-manifests';
import { asKubeObject } from '@cluster-forge/kube/manifest/head';
import type { Source } from '../../config/platform.ts';
import { listFiles, type ListedFile } from '../../mine/file-list.ts';
import { templateFiles } from '../../mine/sources/template.ts';
import { evaluateTemplate } from '../evaluate-template.ts';
import { throwAll } from '../findings.ts';
import type { RawObject, Renderer } from '../renderer.ts';

/** Our own templates: YAML whose expressions are evaluated in the structure, so that no value can change the structure around it. */
export const template: Renderer<Extract<Source, { kind: 'template' }>> = {
  render: async ({ source, scope }) => {
    const found = await listFiles(source.directory, source.where, templateFiles);
    const cel = createCel();
    const outcomes = await Promise.all(found.map((file) => renderFile(file, scope, cel)));
    throwAll(outcomes.flatMap(({ problems }) => problems));
    return outcomes.flatMap(({ objects }) => objects);
  },
};

interface Outcome {
  readonly objects: readonly RawObject[];
  readonly problems: readonly Diagnostic[];
}

async function renderFile(file: ListedFile, scope: Scope, cel: Cel): Promise<Outcome> {
  const { documents, diagnostics } = parseYaml(await readFile(file.path, 'utf8'), file.path);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { objects: [], problems: errors };
  const outcomes = documents
    .filter(({ value }) => value !== null)
    .map((document) => renderDocument(document, file, { scope, cel }));
  return {
    objects: outcomes.flatMap(({ objects }) => objects),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

function renderDocument(document: YamlDocument, file: ListedFile, { scope, cel }: { scope: Scope; cel: Cel }): Outcome {
  const evaluated = evaluateTemplate(document, scope, cel);
  if (!evaluated.ok) return { objects: [], problems: evaluated.failure };
  const start = document.where([]);
  const outcomes = evaluated.value.map((value) => toObject(value, file, start));
  return {
    objects: outcomes.flatMap(({ objects }) => objects),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

function toObject(value: Json, file: ListedFile, start: Where): Outcome {
  const line = start.line ?? 1;
  const origin = { file: file.path, line };
  try {
    const items =
      isObject(value) && value['kind'] === 'List' && Array.isArray(value['items']) ? value['items'] : [value];
    const objects = items.map((item: Json) => ({
      manifest: manifestOf(asKubeObject(item, origin), origin),
      from: { file: file.name, line },
    }));
    return { objects, problems: [] };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { objects: [], problems: diagnosticsOf(error) };
  }
}
