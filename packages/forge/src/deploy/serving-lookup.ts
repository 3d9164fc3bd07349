import type { Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { servicesBehind, type ServingLookup } from '@cluster-forge/kube/health/serving';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { createWorld } from './world.ts';

/** Services and EndpointSlices of a cluster, followed from the first time somebody asks about a namespace. */
export interface ServingWatch extends ServingLookup {
  /** Starts to follow what the object's serving check will ask about. */
  watchFor(object: KubeObject): void;
  /** Tells whenever an answer may have changed. */
  subscribe(listener: () => void): () => void;
}

export function createServingWatch(cluster: Cluster, ctx: Context): ServingWatch {
  const world = createWorld(cluster, ctx);
  const follow = (query: { readonly apiVersion: string; readonly kind: string; readonly namespace: string }) => {
    // A watch that cannot start leaves its gate shut with what is missing; the next question tries again.
    world.follow(query).catch(() => undefined);
  };
  return {
    subscribe: (listener) => world.subscribe(listener),
    watchFor: (object) => {
      for (const { namespace } of servicesBehind(object)) {
        follow({ apiVersion: 'v1', kind: 'Service', namespace });
        follow({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace });
      }
    },
    service: (namespace, name) => world.live({ apiVersion: 'v1', kind: 'Service', namespace, name }),
    endpointSlices: (namespace, service) =>
      [...world.all()].filter(
        (object) =>
          object.kind === 'EndpointSlice' &&
          object.metadata['namespace'] === namespace &&
          fieldAt(object, 'metadata', 'labels', 'kubernetes.io/service-name') === service,
      ),
  };
}
