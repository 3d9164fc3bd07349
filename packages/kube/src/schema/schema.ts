import type { Json, JsonObject } from '@cluster-forge/base';

/**
 * A schema as CRDs write it (OpenAPI v3, structural: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/)
 * and as our generated data keeps it for built-in kinds, where `$ref` names another definition (`core.v1/PodSpec`) and `format: quantity`
 * stands for resource quantities.
 */
export interface Schema extends JsonObject {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly uniqueItems?: boolean;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** One thing the API server would refuse. */
export interface Violation {
  /** Dotted path of the field: `spec.containers[0].image`; '' for the object itself. */
  readonly path: string;
  readonly kind: 'type' | 'required' | 'unknown' | 'enum' | 'duplicate' | 'format' | 'limit' | 'combination';
  /** For people, without the path: `must be an integer, not a string`. */
  readonly problem: string;
  readonly fix?: string;
}

/** How the API server treats a kind: built-in ones are Go structs, custom ones follow their schema to the letter. */
export interface Dialect {
  readonly kind: 'builtin' | 'custom';
  readonly resolve: (reference: string) => Schema | undefined;
}

/** What validators of one node are handed. */
export interface Visit {
  readonly path: string;
  readonly dialect: Dialect;
  /** False inside anyOf, oneOf, allOf and not, which restrict values but declare no fields. */
  readonly declares: boolean;
  readonly report: (violation: Violation) => void;
  /** Validates a part of the value at a path of its own. */
  readonly descend: (value: Json, schema: Schema, path: string) => void;
}
