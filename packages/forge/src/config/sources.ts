import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isObject, type Json, type JsonObject, type Path, type Where } from '@cluster-forge/base';
import type { Scope } from '@cluster-forge/base/cel/cel';
import type { ComponentFiles } from './component-files.ts';
import { configErrors } from './errors.ts';
import { evaluateText, holds, withPath } from './evaluation.ts';
import type { Source } from './platform.ts';
import type { Loading } from './request.ts';
import type { SourceEntry } from './schema/component.ts';

export interface SourceContext {
  readonly files: ComponentFiles;
  readonly scope: Scope;
  readonly version: string;
  readonly values: JsonObject;
  readonly loading: Loading;
}

interface Entry {
  readonly id: string;
  readonly where: Where;
  /** Evaluates a field of the source. */
  readonly text: (value: string, ...path: Path) => string;
  /** Absolute path of something beside component.yaml. */
  readonly path: (value: string, ...path: Path) => string;
  readonly context: SourceContext;
}

const manifestPatterns = ['**/*.yaml', '**/*.yml', '**/*.json'];

/** The sources of a component that apply, with expressions evaluated and local paths checked. `id` counts all entries, so that it does not change with conditions. */
export async function resolveSources(context: SourceContext): Promise<readonly Source[]> {
  const { files, scope, loading } = context;
  const sources = files.main.value.spec.sources.flatMap((source, index) => {
    const path = ['spec', 'sources', index];
    if (!holds(source.when, scope, withPath(files.main.where, [...path, 'when']), loading)) return [];
    const entry = entryOf(index, path, context);
    return toSource(source, entry) ?? [];
  });
  await Promise.all(sources.map((source) => checkLocal(source, loading)));
  return sources;
}

function entryOf(index: number, base: Path, context: SourceContext): Entry {
  const { files, scope, loading } = context;
  const text = (value: string, ...path: Path) =>
    evaluateText(value, scope, withPath(files.main.where, [...base, ...path]), loading);
  return {
    id: `${files.name}/${index}`,
    where: files.main.where(base),
    text,
    path: (value, ...path) => resolve(files.entry.directory, text(value, ...path)),
    context,
  };
}

function toSource(source: SourceEntry, entry: Entry): Source | undefined {
  const { id, where } = entry;
  if (source.helm !== undefined) return helmSource(source.helm, entry);
  if (source.manifest !== undefined) return manifestSource(source.manifest, entry);
  if (source.kustomize !== undefined) return kustomizeSource(source.kustomize, entry);
  if (source.template !== undefined) {
    const directory = typeof source.template === 'string' ? source.template : source.template.directory;
    return { kind: 'template', id, directory: entry.path(directory, 'template'), where };
  }
  if (source.files === undefined) return undefined;
  const { directory, include = manifestPatterns } =
    typeof source.files === 'string' ? { directory: source.files } : source.files;
  return { kind: 'files', id, directory: entry.path(directory, 'files'), include, where };
}

function helmSource(helm: NonNullable<SourceEntry['helm']>, { id, where, text, path, context }: Entry): Source {
  const written = text(helm.chart, 'helm', 'chart');
  const isLocal = written.startsWith('.') || written.startsWith('/');
  const repository = helm.repository === undefined ? undefined : text(helm.repository, 'helm', 'repository');
  if (!isLocal && !written.startsWith('oci://') && repository === undefined)
    context.loading.problems.push(noRepository(written, where));
  return {
    kind: 'helm',
    id,
    chart: isLocal ? path(helm.chart, 'helm', 'chart') : written,
    ...(repository === undefined ? {} : { repository }),
    version: helm.version === undefined ? context.version : text(helm.version, 'helm', 'version'),
    release: helm.release === undefined ? context.files.name : text(helm.release, 'helm', 'release'),
    values: partOf(context.values, helm.valuesKey),
    includeCrds: helm.includeCrds ?? true,
    where,
  };
}

function partOf(values: JsonObject, key: string | undefined): JsonObject {
  if (key === undefined) return values;
  const part: Json | undefined = Object.hasOwn(values, key) ? values[key] : undefined;
  return isObject(part) ? part : {};
}

function manifestSource(manifest: NonNullable<SourceEntry['manifest']>, { id, where, text, path }: Entry): Source {
  const { url, file, sha256 } = typeof manifest === 'string' ? shorthand(manifest) : manifest;
  return {
    kind: 'manifest',
    id,
    ...(url === undefined ? {} : { url: text(url, 'manifest') }),
    ...(file === undefined ? {} : { file: path(file, 'manifest') }),
    ...(sha256 === undefined ? {} : { sha256: sha256.replace(/^sha256:/, '') }),
    where,
  };
}

function shorthand(text: string): { readonly url?: string; readonly file?: string; readonly sha256?: string } {
  return /^https?:\/\//.test(text) ? { url: text } : { file: text };
}

function kustomizeSource(kustomize: NonNullable<SourceEntry['kustomize']>, { id, where, text, path }: Entry): Source {
  const { directory, git } = typeof kustomize === 'string' ? { directory: kustomize } : kustomize;
  return {
    kind: 'kustomize',
    id,
    ...(directory === undefined ? {} : { directory: path(directory, 'kustomize') }),
    ...(git === undefined
      ? {}
      : { git: { url: text(git.url, 'kustomize', 'git', 'url'), commit: git.commit, path: git.path ?? '.' } }),
    where,
  };
}

/** What must exist on this computer. */
async function checkLocal(source: Source, loading: Loading): Promise<void> {
  const path = localPath(source);
  if (path === undefined || (await exists(path))) return;
  loading.problems.push(
    configErrors.E_CONFIG_SOURCE.diagnostic({
      what: `${path} does not exist`,
      why: `the ${source.kind} source needs it`,
      fix: 'correct the path; it is relative to component.yaml',
      where: source.where,
    }),
  );
}

function localPath(source: Source): string | undefined {
  if (source.kind === 'manifest') return source.file;
  if (source.kind === 'helm') return source.chart.startsWith('/') ? source.chart : undefined;
  return source.directory;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

function noRepository(chart: string, where: Where) {
  return configErrors.E_CONFIG_SOURCE.diagnostic({
    what: `it is not known where the chart ${chart} comes from`,
    fix: 'add repository: https://..., or write the chart as oci://host/path/chart or as a relative folder ./chart',
    where,
  });
}
