import { digestOfParts } from '@cluster-forge/base/hash';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import { groupOf, objectKey, printGroupKind, printObject, type ObjectId } from '@cluster-forge/kube/object';
import type { SecretSpec } from '../config/platform.ts';
import type { Release } from '../plan/release.ts';
import type { DeployTarget } from './deployment.ts';
import { applySetId, componentLabel, partOfLabel } from './names.ts';

/** One object of a release as it will be applied here: adapted to the target, with its digest and its place in the order. */
export interface Item {
  readonly key: string;
  readonly id: ObjectId;
  readonly component: string;
  readonly order: number;
  /** `out`: the target leaves it out. */
  readonly what:
    | { readonly kind: 'manifest'; readonly manifest: Manifest; readonly digest: string; readonly isHook: boolean }
    | { readonly kind: 'secret'; readonly spec: SecretSpec }
    | { readonly kind: 'out' };
  readonly labels: Readonly<Record<string, string>>;
}

export interface Prepared {
  readonly items: ReadonlyMap<string, Item>;
  readonly notes: readonly string[];
}

/** Items of a release by object key. Pure; parses no manifest that the target does not ask to change. */
export function prepare(release: Release, target: Pick<DeployTarget, 'adapt'>): Prepared {
  const { platform, graph } = release;
  const orders = new Map(graph.waves.flatMap((wave, order) => wave.map((id) => [id, order])));
  const objects = new Map(
    release.rendered.flatMap(({ objects: list }) => list.map((object) => [objectKey(object.manifest.id), object])),
  );
  const specs = new Map(platform.components.flatMap(({ secrets }) => secrets.map((spec) => [secretKey(spec), spec])));
  const notes: string[] = [];
  const items = graph.nodes.flatMap((node): readonly Item[] => {
    if (node.kind !== 'object' && node.kind !== 'secret') return [];
    const key = objectKey(node.object);
    const labels = { [partOfLabel]: applySetId(platform.name), [componentLabel]: node.component };
    const base = { key, id: node.object, component: node.component, order: orders.get(node.id) ?? 0, labels };
    const spec = specs.get(key);
    if (node.kind === 'secret') return spec === undefined ? [] : [{ ...base, what: { kind: 'secret', spec } }];
    const rendered = objects.get(key);
    if (rendered === undefined) return [];
    const adapted = target.adapt?.(rendered.manifest) ?? { manifest: rendered.manifest, notes: [] };
    notes.push(...adapted.notes.map(({ object, what, why }) => `${printObject(object)}: ${what} (${why})`));
    if (adapted.manifest === undefined) return [{ ...base, what: { kind: 'out' } }];
    const digest = digestOfParts([adapted.manifest.text, node.object.namespace ?? '', JSON.stringify(labels)]);
    return [{ ...base, what: { kind: 'manifest', manifest: adapted.manifest, digest, isHook: node.phase !== 'main' } }];
  });
  return { items: new Map(items.map((item) => [item.key, item])), notes };
}

function secretKey({ namespace, name }: SecretSpec): string {
  return objectKey({ apiVersion: 'v1', kind: 'Secret', namespace, name });
}

/** `Deployment.apps`. */
export function kindOf({ apiVersion, kind }: Pick<ObjectId, 'apiVersion' | 'kind'>): string {
  return printGroupKind({ group: groupOf(apiVersion), kind });
}
