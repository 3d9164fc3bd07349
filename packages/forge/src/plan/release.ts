import type { Json } from '@cluster-forge/base';
import { type Digest, digestOf, digestOfParts } from '@cluster-forge/base/hash';
import { objectKey } from '@cluster-forge/kube/object';
import type { Platform } from '../config/platform.ts';
import type { Lock } from '../mine/lock.ts';
import type { Rendered } from '../smelt/rendered.ts';
import type { Graph } from './graph.ts';

/** The one thing all later stages take: a platform, what it renders to, and the order. Plain data; a deploy gives it its number. */
export interface Release {
  readonly platform: Platform;
  readonly lockDigest: Digest;
  readonly rendered: readonly Rendered[];
  readonly graph: Graph;
  /** Digest of all objects and edges: two releases with the same digest deploy the same. */
  readonly graphDigest: Digest;
}

/** Binds a lock, its objects and their order together. Equal content gives equal digests, whatever order it is handed in. */
export function release(platform: Platform, lock: Lock, rendered: readonly Rendered[], graph: Graph): Release {
  return {
    platform,
    lockDigest: digestOf(canonical(lock)),
    rendered,
    graph,
    graphDigest: digestOfGraph(rendered, graph),
  };
}

/** Reasons are for people and leave the digest alone. */
function digestOfGraph(rendered: readonly Rendered[], graph: Graph): Digest {
  const objects = rendered.flatMap(({ component, objects }) =>
    objects.map(({ manifest, phase, weight }) => ({
      key: objectKey(manifest.id),
      parts: [component, phase, String(weight), manifest.text],
    })),
  );
  objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  const nodes = graph.nodes.flatMap(({ kind, id }) => [kind, id]);
  const edges = graph.edges.flatMap(({ from, to, until }) => [from, to, until]);
  return digestOfParts([...objects.flatMap(({ key, parts }) => [key, ...parts]), 'nodes', ...nodes, 'edges', ...edges]);
}

/** JSON with sorted keys; lists of sources are sorted by id already, as forge.lock is. */
function canonical(lock: Lock): string {
  return JSON.stringify(lock, (_, value: Json) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
