import type { KubeObject, ObjectId } from '../object.ts';

/**
 * What an object's state means for a gate. `ready` opens it; `progressing`, `suspended` and `unobserved` keep it shut; `failed` keeps it shut and
 * is told at once, but may still recover (a transient failure does not end a deploy before its timeout).
 */
export interface Verdict {
  readonly state: 'ready' | 'progressing' | 'suspended' | 'failed' | 'unobserved' | 'terminating';
  /** One line for people: `2 of 3 replicas available`. */
  readonly message: string;
  /** The rule that said so, such as `apps/Deployment` or `generic`. */
  readonly rule: string;
}

/**
 * A health rule as data. Conditions are CEL over `object` (and `related.<name>` where the rule asks for other objects), tried in the order
 * failed, sufficient, suspended, progressing; an object for which none holds is ready. `message` is a CEL string expression.
 */
export interface HealthRule {
  readonly group: string;
  readonly kind: string;
  readonly failed?: readonly HealthCondition[];
  /** Ready for now although something is still open; the message says what. Example: a volume claim that waits for its first pod. */
  readonly sufficient?: readonly HealthCondition[];
  readonly suspended?: readonly HealthCondition[];
  readonly progressing?: readonly HealthCondition[];
  /** When given, an object is ready only if this holds too; otherwise it is progressing. */
  readonly ready?: readonly HealthCondition[];
}

export interface HealthCondition {
  readonly when: string;
  readonly message: string;
}

/** Health rules by kind, with lookups a rule may need (does the CRD have a status subresource?). Custom rules come before built-in ones. */
export interface HealthBook {
  assess(object: KubeObject): Verdict;
  /** True when objects of this kind never gate on anything but being applied (ConfigMap, RBAC, ...). */
  isImmediate(id: ObjectId): boolean;
}
