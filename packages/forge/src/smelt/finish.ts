import { editMetadata, type MetadataEdit } from '@cluster-forge/kube/manifest/edit';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import { manifestOf } from '@cluster-forge/kube/manifest/read-manifests';
import type { Component, Source } from '../config/platform.ts';
import { lazyManifest } from './lazy-manifest.ts';
import { placementOf, type Placement } from './hooks.ts';
import type { RawObject } from './renderer.ts';
import { kindKey, type Scopes } from './scope.ts';

/** Where an object comes from: short, and equal on every computer. */
export const sourceAnnotation = 'clusterforge.dev/source';
/** The component an object belongs to. */
export const componentLabel = 'clusterforge.dev/component';

/** One object with everything decided but its file. */
export interface FinishedObject {
  readonly manifest: Manifest;
  readonly placement: Placement;
}

/** A source with what it rendered to. */
export interface RenderedSource {
  readonly source: Source;
  readonly objects: readonly RawObject[];
}

/**
 * Decides phase and namespace of each object and notes where it comes from. A namespace is set only on namespaced objects that name none, and taken
 * away from cluster-scoped ones, where the API server ignores it; kinds without a known scope count as namespaced.
 */
export function finish(
  component: Component,
  rendered: readonly RenderedSource[],
  scopes: Scopes,
): readonly FinishedObject[] {
  return rendered.flatMap(({ source, objects }) =>
    objects.map((object) => ({
      manifest: finishManifest(object, {
        component,
        source,
        isNamespaced: scopes.get(kindKey(object.manifest.id)) ?? true,
      }),
      placement: placementOf(object.manifest.annotations),
    })),
  );
}

interface Facts {
  readonly component: Component;
  readonly source: Source;
  readonly isNamespaced: boolean;
}

function finishManifest(object: RawObject, { component, source, isNamespaced }: Facts): Manifest {
  const manifest = isNamespaced ? object.manifest : withoutNamespace(object.manifest);
  return withMetadata(manifest, {
    ...(isNamespaced ? { namespace: component.namespace } : {}),
    labels: { [componentLabel]: component.name },
    annotations: { [sourceAnnotation]: placeText(source.id, object.from) },
  });
}

/** The manifest with edited metadata; what the edit says need not be read again. */
export function withMetadata(manifest: Manifest, edit: MetadataEdit): Manifest {
  const text = editMetadata(manifest, edit);
  const namespace = manifest.id.namespace ?? edit.namespace;
  const head = {
    id: { ...manifest.id, ...(namespace === undefined ? {} : { namespace }) },
    labels: { ...manifest.labels, ...edit.labels },
    annotations: { ...manifest.annotations, ...edit.annotations },
  };
  return lazyManifest(head, () => text);
}

function withoutNamespace(manifest: Manifest): Manifest {
  if (manifest.id.namespace === undefined) return manifest;
  const { namespace: _namespace, ...metadata } = manifest.object.metadata;
  return manifestOf({ ...manifest.object, metadata });
}

/** `minio/0:templates/service.yaml` or `storage/1:crds.yaml#120`. */
function placeText(sourceId: string, from: RawObject['from']): string {
  if (from === undefined) return sourceId;
  return `${sourceId}:${from.file}${from.line === undefined ? '' : `#${from.line}`}`;
}
