import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '@cluster-forge/base';
import { parseYaml } from '@cluster-forge/base/yaml/yaml';
import { createHealthBook } from '@cluster-forge/kube/health/book';
import type { HealthRule } from '@cluster-forge/kube/health/verdict';
import type { KubeObject } from '@cluster-forge/kube/object';
import { parseModels } from '@cluster-forge/lab/operator/parse';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

function documentsOf(file: string): readonly Json[] {
  const { documents, diagnostics } = parseYaml(readFileSync(join(root, file), 'utf8'), file);
  expect(diagnostics).toEqual([]);
  return documents.map(({ value }) => value);
}

const simulations = globSync('{catalog,examples/*/catalog}/*/simulate.yaml', { cwd: root });

test.each(simulations)('%s holds operator models that can be read', (file) => {
  const models = parseModels(documentsOf(file));
  expect(models).toMatchObject({ ok: true });
});

/** Rules of one component, as its health.yaml gives them. The schema of the file is checked where platforms are loaded. */
function rulesOf(component: string): readonly HealthRule[] {
  const [rules] = documentsOf(`examples/real/catalog/${component}/health.yaml`);
  // A fixture of ours; createHealthBook would throw on expressions that are none.
  return rules as unknown as readonly HealthRule[];
}

function object(apiVersion: string, kind: string, rest: Readonly<Record<string, Json>>): KubeObject {
  return { apiVersion, kind, metadata: { name: 'x', generation: 1 }, ...rest };
}

function conditions(...list: readonly (readonly [type: string, status: string, reason?: string])[]): Json {
  return {
    conditions: list.map(([type, status, reason = 'R']) => ({ type, status, reason, message: `${type} says so` })),
  };
}

const source = { repoURL: 'https://git.example/p.git', path: 'a', targetRevision: 'abc' };
const synced = {
  sync: { status: 'Synced', revision: 'abc', comparedTo: { source } },
  operationState: { phase: 'Succeeded', syncResult: { revision: 'abc' } },
  health: { status: 'Healthy' },
};

describe('health rules', () => {
  const certificate = (status: Json) => object('cert-manager.io/v1', 'Certificate', { status });
  const queue = (status: Json) => object('kueue.x-k8s.io/v1beta1', 'ClusterQueue', { status });
  const broker = (status: Json) => object('rabbitmq.com/v1beta1', 'RabbitmqCluster', { status });
  const application = (status: Json) => object('argoproj.io/v1alpha1', 'Application', { spec: { source }, status });
  const table: readonly (readonly [string, string, KubeObject, string])[] = [
    ['cert-manager', 'issued', certificate(conditions(['Ready', 'True'])), 'ready'],
    ['cert-manager', 'not issued yet', certificate(conditions(['Ready', 'False'], ['Issuing', 'True'])), 'progressing'],
    ['cert-manager', 'refused', certificate(conditions(['Ready', 'False'], ['Issuing', 'False', 'Failed'])), 'failed'],
    ['cert-manager', 'not seen', certificate({}), 'unobserved'],
    ['kueue', 'active', queue(conditions(['Active', 'True'])), 'ready'],
    ['kueue', 'flavor missing', queue(conditions(['Active', 'False'])), 'progressing'],
    ['rabbitmq', 'all nodes', broker(conditions(['AllReplicasReady', 'True'], ['ReconcileSuccess', 'True'])), 'ready'],
    ['rabbitmq', 'some nodes', broker(conditions(['AllReplicasReady', 'False'])), 'progressing'],
    ['rabbitmq', 'refused', broker(conditions(['ReconcileSuccess', 'False'])), 'failed'],
    ['argocd', 'synced and healthy', application(synced), 'ready'],
    [
      'argocd',
      'healthy, but compared with an older source',
      application({
        ...synced,
        sync: { ...synced.sync, comparedTo: { source: { ...source, targetRevision: 'old' } } },
      }),
      'progressing',
    ],
    [
      'argocd',
      'healthy while its first sync runs',
      application({ ...synced, operationState: { phase: 'Running' } }),
      'progressing',
    ],
    [
      'argocd',
      'synced an older revision',
      application({ ...synced, operationState: { phase: 'Succeeded', syncResult: { revision: 'old' } } }),
      'progressing',
    ],
    ['argocd', 'sync failed', application({ ...synced, operationState: { phase: 'Failed', message: 'no' } }), 'failed'],
    ['argocd', 'suspended', application({ ...synced, health: { status: 'Suspended' } }), 'suspended'],
  ];
  test.each(table)('%s: %s', (component, _, given, state) => {
    const book = createHealthBook({ custom: rulesOf(component), hasStatus: () => true });
    const verdict = book.assess(given);
    expect(verdict.message).not.toContain('cannot be evaluated');
    expect(verdict.state).toBe(state);
  });
});
