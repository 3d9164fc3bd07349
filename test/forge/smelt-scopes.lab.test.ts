import { expect, inject, test } from 'vitest';
import { builtInScopes } from '@cluster-forge/forge/smelt/scope';
import { connect, fieldAt, printGroupKind } from '@cluster-forge/kube';
import { testContext } from '../rig/context.ts';

/** The aggregator marks the APIs that come with the server; those of CRDs, which other tests may have brought, are marked otherwise. */
const ownApis = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  labelSelector: 'kube-aggregator.kubernetes.io/automanaged=onstart',
};

test('the scopes we ship are those the API server discovers', async () => {
  const ctx = testContext();
  const cluster = await connect({ kubeconfig: inject('kubeconfig') }, ctx);
  try {
    const { items } = await cluster.list(ownApis, ctx);
    const groups = new Set(items.map((item) => fieldAt(item, 'spec', 'group') ?? ''));
    const served = (await cluster.kinds(ctx)).filter(({ group }) => groups.has(group));
    const differing = served.filter((kind) => builtInScopes.get(printGroupKind(kind)) !== kind.namespaced);
    expect(served.length).toBeGreaterThan(40);
    expect(differing).toEqual([]);
  } finally {
    await cluster.close();
  }
});
