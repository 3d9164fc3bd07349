import type { Diagnostic, Where } from '@cluster-forge/base';
import { givenNamespaces } from '@cluster-forge/kube/object';
import { namespaceKey, placeOf } from '../../objects/set.ts';
import { checkErrors } from '../errors.ts';
import type { CheckInput, CheckRule } from '../rule.ts';

/**
 * Somebody creates every namespace in use: an object of the platform, the line itself (for components with `namespaceLabels`), or the owner of
 * the cluster (the namespace of a component without them exists already, by contract).
 */
export const namespaces: CheckRule = {
  name: 'namespaces',
  check: (input) => {
    const own = new Set([...input.set.components.values()].map(({ namespace }) => namespace));
    const used = Map.groupBy(usesOf(input), ({ namespace }) => namespace);
    return [...used]
      .filter(([name]) => !givenNamespaces.has(name) && !own.has(name) && !input.set.byKey.has(namespaceKey(name)))
      .map(([name, uses]) => finding(name, uses));
  },
};

interface Use {
  readonly namespace: string;
  readonly component: string;
  readonly where: Where;
}

function usesOf({ set }: CheckInput): readonly Use[] {
  const objects = set.members.flatMap((member): readonly Use[] => {
    const { namespace } = member.id;
    return namespace === undefined
      ? []
      : [{ namespace, component: member.component, where: placeOf(member, 'metadata.namespace') }];
  });
  const secrets = [...set.secrets.values()].map(({ component, spec }) => ({
    namespace: spec.namespace,
    component,
    where: spec.where,
  }));
  return [...objects, ...secrets];
}

function finding(name: string, uses: readonly Use[]): Diagnostic {
  const components = [...new Set(uses.map(({ component }) => component))].sort().join(', ');
  const [first, ...rest] = uses;
  return checkErrors.E_CHECK_NAMESPACE.diagnostic({
    what: `nobody creates the namespace ${name}, which ${uses.length} object(s) of ${components} lie in`,
    why: 'the API server refuses objects in a namespace that does not exist',
    fix: `add a Namespace object ${name} to ${components}, or make it the namespace of a component`,
    ...(first === undefined ? {} : { where: first.where }),
    related: rest.slice(0, 5).map(({ where }) => where),
  });
}
