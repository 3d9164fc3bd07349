import { isObject } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '../object.ts';
import { conditionsOf, describeCondition, type Condition } from './conditions.ts';
import type { Verdict } from './verdict.ts';

/**
 * What holds for every kind, before any rule: an object being deleted is `terminating`, and one whose controller has not seen its latest
 * generation is `progressing`. undefined: nothing to say.
 */
export function commonVerdict(object: KubeObject, rule: string): Verdict | undefined {
  if (fieldAt(object, 'metadata', 'deletionTimestamp') !== undefined) {
    const finalizers = fieldAt(object, 'metadata', 'finalizers');
    const waits = Array.isArray(finalizers) && finalizers.length > 0 ? `, held by ${finalizers.join(', ')}` : '';
    return { state: 'terminating', message: `being deleted${waits}`, rule };
  }
  const generation = generationOf(object);
  const observed = fieldAt(object, 'status', 'observedGeneration');
  if (typeof observed === 'number' && observed < generation) {
    return { state: 'progressing', message: `its controller has seen generation ${observed} of ${generation}`, rule };
  }
  return undefined;
}

/** True when nobody has written a status yet. */
export function isUnobserved(object: KubeObject): boolean {
  const status = object['status'];
  return !isObject(status) || Object.keys(status).length === 0;
}

export const unobserved = (rule: string): Verdict => ({
  state: 'unobserved',
  message: 'no controller has written a status yet',
  rule,
});

/**
 * Health of a kind nobody wrote a rule for, by the conventions most controllers keep: Reconciling and Stalled, then Ready, then Available. With a
 * status subresource (`hasStatus`) an object without any status is `unobserved`; without one, being applied is all there is.
 */
export function genericVerdict(object: KubeObject, hasStatus: boolean): Verdict {
  const rule = 'generic';
  const conditions = conditionsOf(object);
  const find = (type: string) => conditions.find((condition) => condition.type === type);
  const stalled = find('Stalled');
  if (stalled?.status === 'True') return { state: 'failed', message: describeCondition(stalled), rule };
  const reconciling = find('Reconciling');
  if (reconciling?.status === 'True') return { state: 'progressing', message: describeCondition(reconciling), rule };
  const main = find('Ready') ?? find('Available');
  if (main !== undefined) return byMainCondition(main, generationOf(object));
  return hasStatus && isUnobserved(object) ? unobserved(rule) : { state: 'ready', message: 'applied', rule };
}

function byMainCondition(condition: Condition, generation: number): Verdict {
  const rule = 'generic';
  const { observedGeneration } = condition;
  if (observedGeneration !== undefined && observedGeneration < generation) {
    return {
      state: 'progressing',
      message: `${condition.type} is about generation ${observedGeneration} of ${generation}`,
      rule,
    };
  }
  const state = condition.status === 'True' ? 'ready' : 'progressing';
  return { state, message: describeCondition(condition), rule };
}

function generationOf(object: KubeObject): number {
  const generation = fieldAt(object, 'metadata', 'generation');
  return typeof generation === 'number' ? generation : 0;
}
