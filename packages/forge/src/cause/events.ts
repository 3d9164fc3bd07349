import type { Context } from '@cluster-forge/base';
import type { Cluster } from '@cluster-forge/kube/cluster/cluster';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import type { Cause } from './look.ts';

/** The latest warning about an object, as the last link of a chain; [] when there is none or events may not be read. */
export async function eventsAbout(object: KubeObject, cluster: Cluster, ctx: Context): Promise<readonly Cause[]> {
  const { uid, namespace } = object.metadata;
  if (typeof uid !== 'string') return [];
  const query = {
    apiVersion: 'v1',
    kind: 'Event',
    namespace: typeof namespace === 'string' ? namespace : 'default',
    fieldSelector: `involvedObject.uid=${uid}`,
  };
  const items = await cluster.list(query, ctx).then(
    ({ items: found }) => found,
    () => [],
  );
  const warnings = items.filter((event) => event['type'] === 'Warning').sort((a, b) => timeOf(b) - timeOf(a));
  return warnings
    .slice(0, 1)
    .map((event) => ({ subject: `event ${textAt(event, 'reason')}`, says: textAt(event, 'message') }));
}

function timeOf(event: KubeObject): number {
  const time = event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata['creationTimestamp'];
  return typeof time === 'string' ? Date.parse(time) : 0;
}

function textAt(event: KubeObject, field: string): string {
  const value = fieldAt(event, field);
  return typeof value === 'string' ? value : '';
}
