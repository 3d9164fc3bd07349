import { randomUUID } from 'node:crypto';
import type { Context } from '@cluster-forge/base';
import { manifestOf, type Cluster } from '@cluster-forge/kube';

/** A namespace that only this test uses. */
export async function testNamespace(
  cluster: Cluster,
  ctx: Context,
): Promise<{ readonly name: string; readonly remove: () => Promise<void> }> {
  const name = `kube-test-${randomUUID().slice(0, 8)}`;
  await cluster.apply(manifestOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }), {}, ctx);
  return {
    name,
    remove: async () => void (await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name }, {}, ctx)),
  };
}

/** Numbers between 0 and 1 that a seed fixes (mulberry32), so that a failure can be played again. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
