import { namespaceKey } from '../../objects/set.ts';
import { type EdgeRule, inferred } from './rule.ts';

/** An object lives in its namespace. */
export const namespace: EdgeRule = {
  name: 'namespace',
  edgesTo: (member, set) => {
    const key = namespaceKey(member.id.namespace);
    return set.byKey.has(key) ? [inferred(key, member.key, 'applied', 'object lives in the namespace')] : [];
  },
};
