import type { Context, Json } from '@cluster-forge/base';
import type { Manifest } from '../manifest/manifest.ts';
import type { KubeObject, ObjectId } from '../object.ts';

/** A kind as one cluster serves it. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural name in URLs, such as `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** The kind has a `status` subresource. */
  readonly hasStatus: boolean;
}

/** One cluster, seen through its API server. Every method aborts with `ctx.signal`, retries what is safe to retry, and throws ForgeError. */
export interface Cluster {
  /** For people: context name and server address, without credentials. */
  readonly name: string;
  readonly server: string;
  /** `v1.36.3`. */
  version(ctx: Context): Promise<string>;

  /** Kind as served; asks discovery again once when it is unknown, for instance just after its CRD came. undefined: not served. */
  kind(apiVersion: string, kind: string, ctx: Context): Promise<ServedKind | undefined>;
  kinds(ctx: Context): Promise<readonly ServedKind[]>;

  get(id: ObjectId, ctx: Context): Promise<KubeObject | undefined>;
  /** All objects of a kind, all pages, with the resourceVersion to watch from. */
  list(what: ListQuery, ctx: Context): Promise<ObjectList>;
  /**
   * The state of a kind as it changes: first a `synced` with everything, then changes in order, until the signal aborts. Survives 410, cuts and
   * stalls by listing again; a gap shows as another `synced`, never as a lost change. After `staleAfterMs` without contact it tells `stale`.
   */
  watch(what: ListQuery, ctx: Context): AsyncIterable<WatchEvent>;

  /** Server-side apply with this project's field manager. Text goes as it is; nothing is parsed. */
  apply(manifest: Manifest, options: ApplyOptions, ctx: Context): Promise<Applied>;
  /** Creates, never changes: false when the object exists already. */
  create(object: KubeObject, ctx: Context): Promise<boolean>;
  /** JSON merge patch; `subresource: 'status'` for simulators. */
  patch(
    id: ObjectId,
    patch: Json,
    options: { readonly subresource?: 'status' | 'scale' },
    ctx: Context,
  ): Promise<KubeObject>;
  /** Deletes with preconditions; false when it is gone already or another object of that name has taken its place. */
  delete(id: ObjectId, options: DeleteOptions, ctx: Context): Promise<boolean>;
  /** A plain GET for what is not an object, such as `/healthz`, `/openapi/v3` or a proxy path. */
  raw(path: string, ctx: Context): Promise<{ readonly status: number; readonly body: string }>;
  /** How many requests may run at once now (adapts to 429 and latency), how many do, how many wait. */
  concurrency(): { readonly limit: number; readonly running: number; readonly waiting: number };
  /** Counts of requests sent so far, by verb; `mutating` is the sum of all that can change the cluster, dry runs excluded. */
  requests(): { readonly mutating: number; readonly byVerb: Readonly<Record<string, number>> };
  close(): Promise<void>;
}

export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

export type WatchEvent =
  | { readonly kind: 'synced'; readonly items: readonly KubeObject[] }
  | { readonly kind: 'upsert'; readonly object: KubeObject }
  | { readonly kind: 'delete'; readonly object: KubeObject }
  | { readonly kind: 'stale'; readonly sinceMs: number };

export interface ApplyOptions {
  /** Take fields from other managers. Default false: conflicts throw E_APPLY_CONFLICT naming each manager and path. */
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Namespace for namespaced objects whose text names none. */
  readonly namespace?: string;
  /** What the server does with unknown and duplicate fields; its own default is to warn. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Labels and annotations merged into the text before sending, without parsing it. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Applied {
  readonly object: KubeObject;
  readonly change: 'created' | 'configured' | 'unchanged';
  /** What the server warned of, such as deprecated versions and unknown fields. */
  readonly warnings?: readonly string[];
}

export interface DeleteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
}
