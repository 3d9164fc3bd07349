import { isObject, printPath, type Json, type JsonObject, type Path, type Where } from '@cluster-forge/base';
import { configErrors } from './errors.ts';
import type { Locate } from './check-schema.ts';
import type { Origin } from './platform.ts';
import type { Loading } from './request.ts';

/** What one layer says about one part of the configuration. */
export interface LayerPart {
  /** For people: `component minio`, `stack airm-local`, `platform.yaml`. */
  readonly layer: string;
  /** Where the value goes in the merged configuration. */
  readonly at: Path;
  readonly value: Json;
  /** Place of a field of `value`. */
  readonly where: Locate;
}

/** The merged configuration. Each leaf knows which layers set it; the last origin is the strongest. `gone` was there and was removed. */
export type Tree = TreeMap | TreeLeaf;

interface TreeMap {
  readonly kind: 'map';
  readonly children: Map<string, Tree>;
}

interface TreeLeaf {
  readonly kind: 'leaf' | 'gone';
  readonly value: Json;
  readonly chain: readonly Origin[];
  /** The part that won, and the leaf's path in it. */
  readonly part: LayerPart;
  readonly path: Path;
}

export function emptyTree(): TreeMap {
  return { kind: 'map', children: new Map() };
}

/**
 * Lays a part over the tree. Maps merge; scalars and lists replace; null removes what weaker layers set (where they set nothing it stays, as charts
 * need null to drop their own defaults); `{$append: [...]}` extends a list.
 */
export function layOver(tree: TreeMap, part: LayerPart, loading: Loading): void {
  let at = tree;
  for (const step of part.at.slice(0, -1)) {
    const next = at.children.get(String(step));
    const map = next?.kind === 'map' ? next : emptyTree();
    if (map !== next) at.children.set(String(step), map);
    at = map;
  }
  const last = part.at.at(-1);
  if (last === undefined) mergeMap(tree, asObject(part.value), { part, path: [], loading });
  else at.children.set(String(last), merge(at.children.get(String(last)), part.value, { part, path: [], loading }));
}

interface Merge {
  readonly part: LayerPart;
  readonly path: Path;
  readonly loading: Loading;
}

function merge(weaker: Tree | undefined, value: Json, context: Merge): Tree {
  if (isObject(value) && Object.hasOwn(value, '$append')) return append(weaker, value, context);
  if (isObject(value) && (weaker?.kind === 'map' || Object.keys(value).length > 0)) {
    const map = weaker?.kind === 'map' ? weaker : emptyTree();
    mergeMap(map, value, context);
    return map;
  }
  const isRemoval = value === null && weaker !== undefined && !isNull(weaker);
  return leaf(isRemoval ? 'gone' : 'leaf', value, { weaker, context });
}

function mergeMap(map: TreeMap, value: JsonObject, { part, path, loading }: Merge): void {
  for (const [key, item] of Object.entries(value))
    map.children.set(key, merge(map.children.get(key), item, { part, path: [...path, key], loading }));
}

function append(weaker: Tree | undefined, value: JsonObject, context: Merge): Tree {
  const { part, path, loading } = context;
  const items = value['$append'];
  const present =
    weaker === undefined || weaker.kind === 'gone' ? [] : weaker.kind === 'leaf' ? weaker.value : undefined;
  if (Array.isArray(items) && Array.isArray(present) && Object.keys(value).length === 1) {
    return { ...leaf('leaf', items, { weaker, context }), value: [...present, ...items] };
  }
  const target = printPath([...part.at, ...path]);
  loading.problems.push(
    configErrors.E_CONFIG_APPEND.diagnostic({
      what: Array.isArray(items)
        ? `${target} is extended by $append, but is no list in the weaker layers`
        : `$append in ${target} must be a list, alone in its map`,
      fix: 'write {$append: [item, ...]} over a list, or write the whole list',
      where: part.where(path),
      ...related(weaker),
    }),
  );
  return leaf('leaf', [], { weaker, context });
}

function related(weaker: Tree | undefined): { readonly related?: readonly Where[] } {
  const where = weaker === undefined || weaker.kind === 'map' ? undefined : weaker.chain.at(-1)?.where;
  return where === undefined ? {} : { related: [where] };
}

function leaf(
  kind: TreeLeaf['kind'],
  value: Json,
  { weaker, context }: { readonly weaker: Tree | undefined; readonly context: Merge },
): TreeLeaf {
  const { part, path } = context;
  const origin: Origin = { layer: part.layer, value, where: part.where(path) };
  const chain = weaker === undefined || weaker.kind === 'map' ? [] : weaker.chain;
  return { kind, value, chain: [...chain, origin], part, path };
}

function isNull(tree: Tree): boolean {
  return tree.kind === 'gone' || (tree.kind === 'leaf' && tree.value === null);
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

/** The node at a path; undefined when there is none. */
export function nodeAt(tree: Tree, path: Path): Tree | undefined {
  return path.reduce<Tree | undefined>(
    (at, step) => (at?.kind === 'map' ? at.children.get(String(step)) : undefined),
    tree,
  );
}

/** The merged value, without what was removed. Undefined for nothing. */
export function valueOf(tree: Tree | undefined): Json | undefined {
  if (tree === undefined || tree.kind === 'gone') return undefined;
  if (tree.kind !== 'map') return tree.value;
  const out: Record<string, Json> = {};
  for (const [key, child] of tree.children) {
    const value = valueOf(child);
    // A key named `__proto__` becomes an ordinary field, never the prototype.
    if (value !== undefined)
      Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return out;
}

/** Where the winning layer wrote a field; for a field inside a list, the item itself. Undefined for what no layer wrote. */
export function locate(tree: Tree, path: Path): Where | undefined {
  let at: Tree | undefined = tree;
  let depth = 0;
  for (; at?.kind === 'map' && depth < path.length; depth++) at = at.children.get(String(path[depth]));
  const leaf = at === undefined ? undefined : firstLeaf(at);
  if (leaf === undefined) return undefined;
  return at === leaf ? leaf.part.where([...leaf.path, ...path.slice(depth)]) : leaf.chain.at(-1)?.where;
}

function firstLeaf(tree: Tree): TreeLeaf | undefined {
  if (tree.kind !== 'map') return tree;
  for (const child of tree.children.values()) {
    const found = firstLeaf(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every leaf with its path, in the order of the tree. */
export function* leavesOf(tree: Tree, path: Path = []): Generator<readonly [Path, TreeLeaf]> {
  if (tree.kind !== 'map') yield [path, tree];
  else for (const [key, child] of tree.children) yield* leavesOf(child, [...path, key]);
}
