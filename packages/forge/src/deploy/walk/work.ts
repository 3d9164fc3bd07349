import type { Context } from '@cluster-forge/base';
import type { Verdict } from '@cluster-forge/kube/health/verdict';
import type { GraphNode } from '../../plan/graph.ts';
import type { Level } from './schedule.ts';

export type WorkNode = Extract<GraphNode, { readonly object: unknown }>;

/** How far a node's object is, as last seen. */
export interface Standing {
  readonly level: Level;
  readonly state: Verdict['state'];
  readonly message: string;
}

/** What a walk does to the world: the only port between order and effects, so that order can be tested without a cluster. */
export interface Work {
  /** Brings the node's object into the cluster; resolves once the API server has it. Throws ForgeError. */
  begin(node: WorkNode, ctx: Context): Promise<void>;
  /** How far an accepted node is. Never below `applied`. */
  standing(node: WorkNode): Standing;
  /** Tells ids of nodes whose standing may have changed, until the returned function is called. */
  subscribe(listener: (id: string) => void): () => void;
  /** The causal chain behind a node that is not ready, for people. Asked only when a gate gives up. */
  diagnose(node: WorkNode, ctx: Context): Promise<string>;
  /** True for a failure that waiting may cure: it is tried again until the component's time is up. */
  isTransient(error: unknown): boolean;
  /** True when nobody wrote a rule for the kind, so that an object without any status may be excused after a while. */
  mayExcuse(node: WorkNode): boolean;
  /** True when a ready object may fall back: it was changed by this walk, and its kind is one that can. Only such objects make a component settle. */
  mayFallBack(node: WorkNode): boolean;
}

export function isWork(node: GraphNode): node is WorkNode {
  return node.kind === 'object' || node.kind === 'secret';
}
