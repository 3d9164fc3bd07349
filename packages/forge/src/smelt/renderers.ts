import type { Source } from '../config/platform.ts';
import type { Renderer } from './renderer.ts';
import { files } from './renderers/files.ts';
import { helm } from './renderers/helm.ts';
import { kustomize } from './renderers/kustomize.ts';
import { manifest } from './renderers/manifest.ts';
import { template } from './renderers/template.ts';

const renderers = { helm, kustomize, manifest, files, template } satisfies {
  readonly [Kind in Source['kind']]: Renderer<Extract<Source, { kind: Kind }>>;
};

/** What turns a source of this kind into objects. */
export function rendererOf(kind: Source['kind']): Renderer {
  return renderers[kind];
}
