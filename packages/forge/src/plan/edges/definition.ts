import { targetKey } from '../../objects/references/reference.ts';
import { type EdgeRule, inferred } from './rule.ts';

/** A custom resource needs its CRD established, and the Service that converts between its versions answering. */
export const definition: EdgeRule = {
  name: 'definition',
  edgesTo: (member, set) => {
    const crd = member.custom ? set.crds.get(member.kind) : undefined;
    if (crd === undefined) return [];
    const own = inferred(crd.member.key, member.key, 'ready', 'custom resource needs its CRD');
    const converter = crd.head.converter && targetKey({ group: '', kind: 'Service', ...crd.head.converter });
    if (converter === undefined || !set.byKey.has(converter)) return [own];
    return [
      own,
      inferred(converter, member.key, 'serving', 'versions of the custom resource are converted by the Service'),
    ];
  },
};
