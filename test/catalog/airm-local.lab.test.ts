import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import { manifestOf } from '@cluster-forge/kube/manifest/read-manifests';
import { createHealthBook } from '@cluster-forge/kube/health/book';
import { objectKey, type KubeObject } from '@cluster-forge/kube/object';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { privateLab, type PrivateLab } from '../rig/lab.ts';
import { renderSizes } from './airm-local.ts';
import { textOf } from './json.ts';
import { podTemplatesOf } from './objects.ts';

/**
 * The API server's own opinion of the stack: strict field names, Pod Security at work, quotas, immutable fields. Objects go in by kind, without the gates
 * of a deploy; the Secrets are left out, because simulated pods mount nothing.
 */
let rig: PrivateLab;
beforeAll(async () => {
  rig = await privateLab({ name: 'catalog' });
});
afterAll(async () => rig.end());

const book = createHealthBook({ hasStatus: () => undefined });
const order = ['Namespace', 'PriorityClass', 'ServiceAccount', 'ConfigMap', 'Service', 'LimitRange', 'ResourceQuota'];

function inOrder(objects: readonly KubeObject[]): readonly Manifest[] {
  const rank = ({ kind }: KubeObject) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return objects.toSorted((a, b) => rank(a) - rank(b)).map((object) => manifestOf(object));
}

async function apply(objects: readonly KubeObject[]): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const manifest of inOrder(objects)) {
    const applied = await rig.lab.cluster.apply(manifest, { fieldValidation: 'Strict' }, rig.ctx);
    warnings.push(...(applied.warnings ?? []));
  }
  return warnings;
}

/** Waits until every workload of a kind is ready. The test's own limit ends the wait. */
async function untilReady(apiVersion: string, kind: string, wanted: ReadonlySet<string>): Promise<void> {
  const waiting = new Set(wanted);
  for await (const event of rig.lab.cluster.watch({ apiVersion, kind }, rig.ctx)) {
    const seen = event.kind === 'synced' ? event.items : event.kind === 'upsert' ? [event.object] : [];
    for (const object of seen) if (book.assess(object).state === 'ready') waiting.delete(objectKey(idOf(object)));
    if (waiting.size === 0) return;
  }
}

function idOf({ apiVersion, kind, metadata }: KubeObject) {
  return { apiVersion, kind, namespace: textOf(metadata['namespace']), name: metadata.name };
}

test('every object is taken as it is, every pod is admitted and runs, and the platform grows', async () => {
  const { small, medium, large } = await renderSizes();
  for (const { objects } of [small, medium, large]) {
    expect(await apply(objects)).toEqual([]);
    const workloads = objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind));
    expect(workloads).toHaveLength(podTemplatesOf(objects).length);
    const kinds = Map.groupBy(workloads, ({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    for (const [kind, ofKind] of kinds) {
      const [apiVersion = '', name = ''] = kind.split(' ');
      await untilReady(apiVersion, name, new Set(ofKind.map((object) => objectKey(idOf(object)))));
    }
  }
});
