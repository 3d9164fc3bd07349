import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect, fieldAt, type Cluster } from '@cluster-forge/kube';
import { builtinDialect } from '@cluster-forge/kube/schema/builtin';
import type { Schema } from '@cluster-forge/kube/schema/schema';
import { validate } from '@cluster-forge/kube/schema/validate';
import { apiClient } from '../../scripts/api-client.ts';
import { testContext } from '../rig/context.ts';
import { until } from '../rig/until.ts';
import { samplesOf } from './schema-corpus.ts';

/** One field for each rule that schemas of CRDs can hold. */
const spec: Schema = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 9 },
    name: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 5 },
    mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
    port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
    ratio: { type: 'number', exclusiveMinimum: true, minimum: 0 },
    maybe: { type: 'string', nullable: true },
    since: { type: 'string', format: 'date-time' },
    labels: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 2 },
    open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', maxItems: 5 },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['id'],
      items: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, on: { type: 'boolean' } } },
    },
    choice: {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    },
  },
};
const open: Schema = { 'x-kubernetes-preserve-unknown-fields': true };
const text: Schema = { type: 'string' };
const root: Schema = { type: 'object', properties: { apiVersion: text, kind: text, metadata: open, spec } };
const group = 'schema-test.clusterforge.dev';
const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `samples.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Sample', plural: 'samples' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
      },
    ],
  },
};
const good = {
  apiVersion: `${group}/v1`,
  kind: 'Sample',
  metadata: { name: 'sample', namespace: 'default' },
  spec: {
    size: 3,
    name: 'abc',
    mode: 'fast',
    port: 'http',
    ratio: 0.5,
    maybe: 'x',
    since: '2026-01-31T12:00:00Z',
    labels: { a: 'b' },
    open: { any: { thing: 1 } },
    tags: ['a', 'b'],
    parts: [{ id: 'a', on: true }, { id: 'b' }],
    choice: { a: 'x' },
  },
};

describe('our validator and the API server on custom resources', () => {
  const call = apiClient(inject('kubeconfig'));
  const definition = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`;
  const resource = `/apis/${group}/v1/namespaces/default/samples/sample?fieldManager=test&dryRun=All&fieldValidation=Strict`;

  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await connect({ kubeconfig: inject('kubeconfig') }, testContext());
    await call('PATCH', `${definition}?fieldManager=test`, JSON.stringify(crd));
    await until(cluster, { apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name }, (object) => {
      const conditions = fieldAt(object, 'status', 'conditions');
      return (
        Array.isArray(conditions) &&
        conditions.some((one) => fieldAt(one, 'type') === 'Established' && fieldAt(one, 'status') === 'True')
      );
    });
    // An established kind is served a moment later; the hook's own timeout ends a wait in vain.
    while ((await call('PATCH', resource, JSON.stringify(good))).status === 404);
  });
  afterAll(async () => {
    await call('DELETE', definition);
    await cluster.close();
  });

  it('agree on every sample', async () => {
    const differences = await Promise.all(
      samplesOf(good).map(async ({ title, object }) => {
        const { status, body } = await call('PATCH', resource, JSON.stringify(object));
        const violations = validate(object, root, { ...builtinDialect, kind: 'custom' });
        if (status < 300 === (violations.length === 0)) return [];
        return [`${title}: server ${status} ${status < 300 ? '' : body}, we ${JSON.stringify(violations)}`];
      }),
    );
    expect(differences.flat()).toEqual([]);
  });
});
