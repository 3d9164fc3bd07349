import type { Source } from '../config/platform.ts';
import type { SourceKind } from './source-kind.ts';
import { files } from './sources/files.ts';
import { helmHttp } from './sources/helm-http.ts';
import { helmLocal } from './sources/helm-local.ts';
import { helmOci } from './sources/helm-oci.ts';
import { kustomizeGit } from './sources/kustomize-git.ts';
import { kustomizeLocal } from './sources/kustomize-local.ts';
import { manifest } from './sources/manifest.ts';
import { template } from './sources/template.ts';

const kinds = {
  files,
  helmHttp,
  helmLocal,
  helmOci,
  kustomizeGit,
  kustomizeLocal,
  manifest,
  template,
} satisfies Readonly<Record<string, SourceKind>>;

/** The way to get a source's bytes. */
export function kindOf(source: Source): SourceKind {
  if (source.kind === 'kustomize') return source.git === undefined ? kinds.kustomizeLocal : kinds.kustomizeGit;
  if (source.kind !== 'helm') return kinds[source.kind];
  if (source.chart.startsWith('oci://')) return kinds.helmOci;
  return source.repository === undefined ? kinds.helmLocal : kinds.helmHttp;
}
