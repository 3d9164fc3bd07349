import { isObject, type Json, type JsonObject } from '@cluster-forge/base';
import { manifestOf, manifestOfText } from '@cluster-forge/kube/manifest/read-manifests';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import { fieldAt, groupOf, type KubeObject, type ObjectId } from '@cluster-forge/kube/object';
import { dropConversion } from './conversion.ts';

/** What was changed about an object because nobody serves it in a lab. Shown in every report, never silent. */
export interface AdaptNote {
  readonly object: ObjectId;
  readonly what: string;
  readonly why: string;
}

export interface Adapted {
  readonly manifest: Manifest;
  readonly notes: readonly AdaptNote[];
}

/** Name of the condition that keeps the API server from calling a webhook. */
export const detachedCondition = 'detached-in-lab';

/**
 * The form in which an object can live in a lab, where containers run no code and so nothing answers behind a Service. Webhooks, conversions and
 * aggregated APIs that need such an answer are detached; everything else comes back as it is, unparsed. Pure.
 */
export function adaptForLab(manifest: Manifest): Adapted {
  const adaptation = adaptations[`${groupOf(manifest.id.apiVersion)}/${manifest.id.kind}`];
  return adaptation?.(manifest) ?? { manifest, notes: [] };
}

/** By group and kind; undefined when the object needs no change. */
const adaptations: Readonly<Record<string, (manifest: Manifest) => Adapted | undefined>> = {
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': detachWebhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': detachWebhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': detachConversion,
  'apiregistration.k8s.io/APIService': serveLocally,
};

/** A condition that never holds keeps the object as it is for whoever reads it, and the API server never calls. Webhooks with a `url` may well be served. */
function detachWebhooks(manifest: Manifest): Adapted | undefined {
  const { webhooks } = manifest.object;
  if (!Array.isArray(webhooks)) return undefined;
  const detached = webhooks.map((webhook: Json) =>
    fieldAt(webhook, 'clientConfig', 'service') === undefined ? undefined : nameOf(webhook),
  );
  if (detached.every((name) => name === undefined)) return undefined;
  const changed = webhooks.map((webhook: Json, index) =>
    detached[index] === undefined || !isObject(webhook) ? webhook : withNeverCondition(webhook),
  );
  return {
    manifest: remade(manifest, { ...manifest.object, webhooks: changed }),
    notes: detached.flatMap((name) =>
      name === undefined
        ? []
        : [
            {
              object: manifest.id,
              what: `webhook ${name} is never called`,
              why: 'the Service behind it runs no code in a lab',
            },
          ],
    ),
  };
}

function withNeverCondition(webhook: JsonObject): JsonObject {
  const conditions = Array.isArray(webhook['matchConditions']) ? webhook['matchConditions'] : [];
  const others = conditions.filter((condition: Json) => fieldAt(condition, 'name') !== detachedCondition);
  return { ...webhook, matchConditions: [...others, { name: detachedCondition, expression: 'false' }] };
}

/** Objects keep the version they were written in; only the apiVersion is rewritten when another version is asked for. */
function detachConversion(manifest: Manifest): Adapted | undefined {
  // CRDs are large, and few convert: a look at the text spares nearly all of them the parser.
  if (!/\bconversion['"]?\s*:/.test(manifest.text)) return undefined;
  const text = dropConversion(manifest.text);
  const edited =
    text === undefined
      ? withoutConversion(manifest)
      : text === manifest.text
        ? undefined
        : manifestOfText(text, manifest.origin);
  if (edited === undefined) return undefined;
  const why = 'the conversion webhook runs no code in a lab; without this no object of the kind could be read';
  return {
    manifest: edited,
    notes: [{ object: manifest.id, what: 'objects are not converted between versions (strategy None)', why }],
  };
}

function withoutConversion(manifest: Manifest): Manifest | undefined {
  const { spec } = manifest.object;
  if (!isObject(spec) || fieldAt(spec, 'conversion', 'strategy') !== 'Webhook') return undefined;
  return remade(manifest, { ...manifest.object, spec: { ...spec, conversion: { strategy: 'None' } } });
}

/**
 * An APIService that is never available keeps every namespace from being deleted (NamespaceDeletionDiscoveryFailure). In its local form, without a
 * Service, it is available at once and its group simply has no resources.
 */
function serveLocally(manifest: Manifest): Adapted | undefined {
  const { spec } = manifest.object;
  if (!isObject(spec) || !isObject(spec['service'])) return undefined;
  // The API server refuses these three beside a missing service.
  const { service: _service, caBundle: _caBundle, insecureSkipTLSVerify: _insecure, ...local } = spec;
  return {
    manifest: remade(manifest, { ...manifest.object, spec: local }),
    notes: [
      {
        object: manifest.id,
        what: 'the API group is registered without its server and has no resources',
        why: 'the Service behind it runs no code in a lab, and a group that never answers keeps namespaces from being deleted',
      },
    ],
  };
}

function remade(manifest: Manifest, object: KubeObject): Manifest {
  return manifestOf(object, manifest.origin);
}

function nameOf(webhook: Json): string {
  const name = fieldAt(webhook, 'name');
  return typeof name === 'string' ? name : '(without a name)';
}
