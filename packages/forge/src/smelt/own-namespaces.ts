import { failed, ok, type Diagnostic, type Result } from '@cluster-forge/base';
import { manifestOf } from '@cluster-forge/kube/manifest/read-manifests';
import type { Component } from '../config/platform.ts';
import { smeltErrors } from './errors.ts';
import { componentLabel, sourceAnnotation, withMetadata, type FinishedObject } from './finish.ts';

/** A component with its finished objects. */
export interface FinishedComponent {
  readonly component: Component;
  readonly objects: readonly FinishedObject[];
}

/**
 * Sees to the namespaces that components declare with `namespaceLabels`: where a source of the platform brings the Namespace, the labels are put on it;
 * otherwise one of the components that share it gets a Namespace object, the one that needs none of the others, so that no wait can go in a circle.
 * Fails with E_SMELT_NAMESPACE when components want different values of one label.
 */
export function addNamespaces(finished: readonly FinishedComponent[]): Result<readonly FinishedComponent[]> {
  const declared = finished.filter(wantsNamespace);
  const groups = Map.groupBy(declared, ({ component }) => component.namespace);
  const problems: Diagnostic[] = [];
  let result = finished;
  for (const [namespace, sharers] of groups) {
    const labels = mergeLabels(
      namespace,
      sharers.map(({ component }) => component),
    );
    if (!labels.ok) problems.push(...labels.failure);
    else
      result = withNamespace(result, {
        namespace,
        labels: labels.value,
        owner: ownerOf(
          sharers.map(({ component }) => component),
          finished,
        ),
      });
  }
  return problems.length > 0 ? failed(problems) : ok(result);
}

/** A component that puts nothing into its namespace does not need it, unless it says how it is to look. */
function wantsNamespace({ component, objects }: FinishedComponent): boolean {
  if (component.namespaceLabels === undefined) return false;
  return objects.length > 0 || component.secrets.length > 0 || Object.keys(component.namespaceLabels).length > 0;
}

interface Wanted {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: string;
}

function withNamespace(finished: readonly FinishedComponent[], wanted: Wanted): readonly FinishedComponent[] {
  const isIt = ({ manifest: { id }, placement }: FinishedObject) =>
    placement.kind === 'apply' && id.kind === 'Namespace' && id.apiVersion === 'v1' && id.name === wanted.namespace;
  const exists = finished.some(({ objects }) => objects.some(isIt));
  return finished.map((one) => {
    if (exists && one.objects.some(isIt)) {
      const labelled = (object: FinishedObject) => ({
        ...object,
        manifest: withMetadata(object.manifest, { labels: wanted.labels }),
      });
      return { ...one, objects: one.objects.map((object) => (isIt(object) ? labelled(object) : object)) };
    }
    return !exists && one.component.name === wanted.owner
      ? { ...one, objects: [namespaceObject(wanted), ...one.objects] }
      : one;
  });
}

function namespaceObject({ namespace, labels, owner }: Wanted): FinishedObject {
  const manifest = manifestOf({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: { [componentLabel]: owner, ...labels },
      annotations: { [sourceAnnotation]: `${owner}:namespaceLabels` },
    },
  });
  return { manifest, placement: { kind: 'apply', phase: 'main', weight: 0 } };
}

function mergeLabels(namespace: string, sharers: readonly Component[]): Result<Readonly<Record<string, string>>> {
  const labels = new Map<string, { readonly value: string; readonly component: Component }>();
  const problems: Diagnostic[] = [];
  for (const component of sharers)
    for (const [key, value] of Object.entries(component.namespaceLabels ?? {})) {
      const other = labels.get(key);
      if (other === undefined) labels.set(key, { value, component });
      else if (other.value !== value) problems.push(conflict(namespace, key, [other, { value, component }]));
    }
  return problems.length > 0
    ? failed(problems)
    : ok(Object.fromEntries([...labels].map(([key, { value }]) => [key, value])));
}

type Wish = { readonly value: string; readonly component: Component };

function conflict(namespace: string, key: string, [one, other]: readonly [Wish, Wish]): Diagnostic {
  return smeltErrors.E_SMELT_NAMESPACE.diagnostic({
    what: `components ${one.component.name} and ${other.component.name} want different labels on namespace ${namespace}`,
    why: `${key} is ${JSON.stringify(one.value)} in one and ${JSON.stringify(other.value)} in the other`,
    where: other.component.where,
    related: [one.component.where],
    fix: 'give both the same value, or move one of them to a namespace of its own',
  });
}

/** The first by name that needs no other of them, directly or not; with a circle among them simply the first. */
function ownerOf(sharers: readonly Component[], all: readonly FinishedComponent[]): string {
  const needs = new Map(
    all.map(({ component }) => [component.name, component.requires.map(({ component: name }) => name)]),
  );
  const names = sharers.map(({ name }) => name).sort();
  const isFree = (name: string) => {
    const reached = reachable(name, needs);
    return names.every((other) => other === name || !reached.has(other));
  };
  return names.find(isFree) ?? names[0] ?? '';
}

function reachable(start: string, needs: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>(needs.get(start));
  for (const name of reached) for (const next of needs.get(name) ?? []) reached.add(next);
  return reached;
}
