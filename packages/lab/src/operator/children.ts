import { ForgeError, isObject, type Json } from '@cluster-forge/base';
import type { Cel, Scope } from '@cluster-forge/base/cel/cel';
import { interpolate } from '@cluster-forge/base/cel/interpolate';
import type { KubeObject } from '@cluster-forge/kube/object';
import { labErrors } from '../errors.ts';
import type { Child } from './schema.ts';

/** The label on everything a model makes: which model, and the uid of whom it was made for. */
export const modelLabel = 'lab.clusterforge.dev/model';
export const ownerLabel = 'lab.clusterforge.dev/owner-uid';

interface Evaluation {
  readonly scope: Scope;
  readonly cel: Cel;
}

/** The objects that templates stand for. Throws what their expressions throw, and E_LAB_MODEL when a `forEach` is no list. */
export function expandChildren(children: readonly Child[], evaluation: Evaluation): readonly KubeObject[] {
  return children.flatMap((child) =>
    itemsOf(child, evaluation).map((extra) =>
      render(child, { ...evaluation, scope: { ...evaluation.scope, ...extra } }),
    ),
  );
}

function itemsOf({ forEach }: Child, { scope, cel }: Evaluation): readonly Scope[] {
  if (forEach === undefined) return [{}];
  const items = cel.compile(forEach).evaluate(scope);
  if (Array.isArray(items)) return items.map((item: Json, index) => ({ item, index }));
  throw labErrors.E_LAB_MODEL({
    what: `forEach "${forEach}" gives ${JSON.stringify(items)}, not a list`,
    fix: 'let it give a list, such as object.spec.pools',
  });
}

function render({ object }: Child, { scope, cel }: Evaluation): KubeObject {
  // The schema has seen apiVersion, kind and metadata.name; the rest is JSON as YAML gave it.
  const result = interpolate(object as KubeObject, scope, { cel });
  if (!result.ok)
    throw new ForgeError(
      'E_LAB_MODEL',
      3,
      { what: `the template of a ${object.kind} cannot be evaluated` },
      { diagnostics: result.failure },
    );
  // Expressions replace values, not the shape the schema has checked.
  return result.value as KubeObject;
}

/** A child as it is sent: labelled, in the owner's namespace unless it says another, owned where Kubernetes allows a reference. */
export function ownedBy(owner: KubeObject, model: string, child: KubeObject, namespaced: boolean): KubeObject {
  const ownerNamespace = textAt(owner.metadata['namespace']);
  const namespace = namespaced ? (textAt(child.metadata['namespace']) ?? ownerNamespace ?? 'default') : undefined;
  const uid = textAt(owner.metadata['uid']) ?? '';
  // An owner in another namespace would be taken for gone, and the child for garbage.
  const mayRefer = ownerNamespace === undefined || ownerNamespace === namespace;
  const reference = {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid,
    controller: true,
    blockOwnerDeletion: false,
  };
  const labels = isObject(child.metadata['labels']) ? child.metadata['labels'] : {};
  return {
    ...child,
    metadata: {
      ...child.metadata,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, [modelLabel]: model, [ownerLabel]: uid },
      ...(mayRefer ? { ownerReferences: [reference] } : {}),
    },
  };
}

function textAt(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
