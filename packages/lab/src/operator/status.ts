import { isObject, type Json, type JsonObject } from '@cluster-forge/base';
import type { Condition } from './schema.ts';

/** Later fields win; maps merge, lists and scalars replace, null removes when it is sent as a merge patch. */
export function mergeStatus(earlier: JsonObject, later: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    const before = merged[key];
    merged[key] = isObject(before) && isObject(value) ? mergeStatus(before, value) : value;
  }
  return merged;
}

export interface StatusBase {
  /** The object's status as it is. */
  readonly current: Json | undefined;
  readonly generation: number;
  readonly now: Date;
}

/**
 * A status with conditions as controllers keep them: one of each type, `lastTransitionTime` only moves when `status` does, conditions of others
 * stay. With nothing to say the status is left as it is.
 */
export function withConditions(status: JsonObject, conditions: readonly Condition[], base: StatusBase): JsonObject {
  if (conditions.length === 0) return status;
  const existing = conditionsOf(base.current);
  const written = conditions.map((condition) => {
    const before = existing.find(({ type }) => type === condition.type);
    const moved = before?.['status'] !== condition.status;
    const at = moved
      ? base.now.toISOString().replace(/\.\d+Z$/, 'Z')
      : (before?.['lastTransitionTime'] ?? base.now.toISOString());
    // Fields of the kind's own, such as observedGeneration where its schema has it, come back from the API server; they must not make a difference.
    return {
      ...before,
      ...condition,
      lastTransitionTime: at,
      ...(before?.['observedGeneration'] === undefined && !moved ? {} : { observedGeneration: base.generation }),
    };
  });
  const others = existing.filter(({ type }) => conditions.every((condition) => condition.type !== type));
  return { ...status, conditions: ordered([...others, ...written], existing) };
}

/** In the order in which they stand already, new ones last, so that nothing changes without a reason. */
function ordered(conditions: readonly JsonObject[], existing: readonly JsonObject[]): JsonObject[] {
  const place = (condition: JsonObject) => {
    const index = existing.findIndex(({ type }) => type === condition['type']);
    return index === -1 ? existing.length : index;
  };
  return conditions.toSorted((a, b) => place(a) - place(b));
}

function conditionsOf(status: Json | undefined): readonly JsonObject[] {
  const list = isObject(status) ? status['conditions'] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}
