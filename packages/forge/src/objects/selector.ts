import { isObject, type Json } from '@cluster-forge/base';
import { fieldAt } from '@cluster-forge/kube/object';
import { listAt, textAt } from './references/reference.ts';

/** A label selector as webhooks and NetworkPolicies use it: `matchLabels` and `matchExpressions`. An absent or empty one matches everything. */
export function matchesSelector(selector: Json | undefined, labels: Json | undefined): boolean {
  const exact = fieldAt(selector, 'matchLabels');
  if (isObject(exact) && !matchesLabels(exact, labels)) return false;
  return listAt(selector, 'matchExpressions').every((expression) => matchesExpression(expression, labels));
}

/** Every label of `wanted` is there with its value. */
export function matchesLabels(wanted: Json, labels: Json | undefined): boolean {
  return isObject(wanted) && Object.entries(wanted).every(([key, value]) => fieldAt(labels, key) === value);
}

function matchesExpression(expression: Json, labels: Json | undefined): boolean {
  const value = fieldAt(labels, textAt(expression, 'key') ?? '');
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}
