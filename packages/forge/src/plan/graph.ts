import type { ObjectId } from '@cluster-forge/kube/object';

/**
 * What a deploy walks: a node for every object, one for every generated secret, and for every component its `start`, its `ready` and one `phase`
 * between them wherever the component asks for an order (hooks before and after, hook weights, its CRDs). Nodes of the last three kinds do
 * nothing: each is reached when all before it are.
 */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
  /** Node ids by topological level, for people and for engines that know waves only. A deploy schedules per edge, never per wave. */
  readonly waves: readonly (readonly string[])[];
}

export type GraphNode =
  | {
      readonly kind: 'object';
      readonly id: string;
      readonly component: string;
      readonly object: ObjectId;
      readonly phase: 'pre' | 'main' | 'post';
    }
  | { readonly kind: 'secret'; readonly id: string; readonly component: string; readonly object: ObjectId }
  | { readonly kind: 'start' | 'phase' | 'ready'; readonly id: string; readonly component: string };

/** `to` may not begin before `from` has reached `until`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly until: 'applied' | 'ready' | 'serving';
  /** `declared` by a component, or `inferred` from the objects. */
  readonly origin: 'declared' | 'inferred';
  /** For people: `Certificate needs its Issuer`, `custom resource needs its CRD`. */
  readonly reason: string;
}
