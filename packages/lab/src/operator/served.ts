import type { Context } from '@cluster-forge/base';
import type { Cluster, ServedKind } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';

export interface ServedKinds {
  /** Resolves once the cluster serves the kind: at once, or when its CRD has been established. Rejects when the signal aborts. */
  served: (apiVersion: string, kind: string) => Promise<ServedKind>;
}

/** Waits for kinds by one watch of CRDs, shared by all who wait. The watch ends with the signal. */
export function watchServedKinds(cluster: Cluster, ctx: Context): ServedKinds {
  let change = Promise.withResolvers<void>();
  const announce = () => {
    change.resolve();
    change = Promise.withResolvers();
  };
  /** Now, and again when discovery has surely caught up with the CRD. */
  const announceRepeatedly = () => {
    announce();
    for (const lagMs of discoveryLagsMs) ctx.clock.sleep(lagMs, ctx.signal).then(announce, () => undefined);
  };
  const follow = async () => {
    const established = new Set<string>();
    for await (const event of cluster.watch(
      { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      ctx,
    )) {
      const crds = event.kind === 'synced' ? event.items : event.kind === 'upsert' ? [event.object] : [];
      const fresh = crds.filter((crd) => isEstablished(crd) && !established.has(crd.metadata.name));
      for (const crd of fresh) established.add(crd.metadata.name);
      if (event.kind === 'delete') established.delete(event.object.metadata.name);
      if (fresh.length > 0) announceRepeatedly();
    }
  };
  void follow().catch(() => undefined);
  return {
    served: async (apiVersion, kind) => {
      for (;;) {
        // Taken before the question, so that a change during the question is not missed.
        const changed = change.promise;
        const served = await cluster.kind(apiVersion, kind, ctx);
        if (served !== undefined) return served;
        await Promise.race([changed, aborted(ctx.signal)]);
      }
    },
  };
}

/** Discovery may name a kind a moment after its CRD says Established. */
const discoveryLagsMs = [300, 2_000];

function isEstablished(crd: KubeObject): boolean {
  const conditions = fieldAt(crd, 'status', 'conditions');
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (condition) => fieldAt(condition, 'type') === 'Established' && fieldAt(condition, 'status') === 'True',
    )
  );
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
