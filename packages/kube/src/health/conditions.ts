import { isObject } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '../object.ts';

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

/** Conditions of an object; entries that are not conditions are left out. */
export function conditionsOf(object: KubeObject): readonly Condition[] {
  const list = fieldAt(object, 'status', 'conditions');
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).flatMap((entry) => {
    const { type, status, reason, message, observedGeneration } = entry;
    if (typeof type !== 'string' || typeof status !== 'string') return [];
    return [
      {
        type,
        status,
        reason: typeof reason === 'string' ? reason : '',
        message: typeof message === 'string' ? message : '',
        ...(typeof observedGeneration === 'number' ? { observedGeneration } : {}),
      },
    ];
  });
}

/** `Ready is False: Reason: message`. */
export function describeCondition({ type, status, reason, message }: Condition): string {
  return [`${type} is ${status}`, reason, message].filter((part) => part !== '').join(': ');
}
