import { describe, expect, it } from 'vitest';
import type { Json } from '@cluster-forge/base';
import { builtinDialect, builtinKind } from './builtin.ts';
import type { Dialect, Schema } from './schema.ts';
import { validate } from './validate.ts';

const custom: Dialect = { kind: 'custom', resolve: () => undefined };
/** `kind path: problem` of each violation. */
const said = (value: Json, schema: Schema, dialect = custom) =>
  validate(value, schema, dialect).map(({ kind, path, problem }) => `${kind} ${path}: ${problem}`);

const object = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});

describe('a custom resource', () => {
  it.each<[string, Json, Schema, readonly string[]]>([
    ['a right type', { a: 'x' }, object({ a: { type: 'string' } }), []],
    ['a wrong type', { a: 1 }, object({ a: { type: 'string' } }), ['type a: must be a string, not the number 1']],
    ['a null', { a: null }, object({ a: { type: 'string' } }), ['type a: must be a string, not null']],
    ['a null that a default replaces', { a: null }, object({ a: { type: 'string', default: 'x' } }), []],
    ['an allowed null', { a: null }, object({ a: { type: 'string', nullable: true } }), []],
    ['a required field', {}, object({ a: {} }, { required: ['a'] }), ['required a: is required']],
    ['a required field with default', {}, object({ a: { default: 1 } }, { required: ['a'] }), []],
    ['an unknown field', { b: 1 }, object({ a: {} }), ['unknown b: is no field of this kind']],
    ['preserved fields', { b: 1 }, object({ a: {} }, { 'x-kubernetes-preserve-unknown-fields': true }), []],
    ['a map of values', { b: 1 }, { type: 'object', additionalProperties: { type: 'integer' } }, []],
    [
      'a wrong map value',
      { 'b.c': 'x' },
      { type: 'object', additionalProperties: { type: 'integer' } },
      ['type ["b.c"]: must be an integer, not the string "x"'],
    ],
    ['an enum', 'c', { type: 'string', enum: ['a', 'b'] }, ['enum : "c" is not allowed']],
    [
      'int or string',
      1.5,
      { 'x-kubernetes-int-or-string': true },
      ['type : must be an integer or a string, not the number 1.5'],
    ],
    ['a pattern', 'B', { type: 'string', pattern: '^[a-z]$' }, ['limit : must match ^[a-z]$']],
    ['a pattern only Go reads', 'B', { type: 'string', pattern: '(?i)^a$' }, []],
    ['characters, not units', '😀', { type: 'string', maxLength: 1 }, []],
    ['a range', 5, { type: 'integer', maximum: 5, exclusiveMaximum: true }, ['limit : must be less than 5']],
    [
      'a repeated key',
      [{ n: 'a' }, { n: 'a' }],
      { type: 'array', items: object({ n: {} }), 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['n'] },
      ['duplicate [1]: repeats item 0 (n "a")'],
    ],
    [
      'a repeated member',
      ['a', 'a'],
      { type: 'array', items: {}, 'x-kubernetes-list-type': 'set' },
      ['duplicate [1]: repeats item 0 ("a")'],
    ],
    [
      'one of two',
      { a: 1, b: 1 },
      object({ a: {}, b: {} }, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
      ['combination : must fit exactly one of 2 alternatives, fits 2'],
    ],
    [
      'a forbidden combination',
      { a: 1 },
      object({ a: {} }, { not: { required: ['a'] } }),
      ['combination : has a combination of fields that is forbidden'],
    ],
    ['alternatives that declare no fields', { a: 1 }, object({ a: {} }, { anyOf: [{ properties: { z: {} } }] }), []],
  ])('with %s', (_, value, schema, expected) => expect(said(value, schema)).toEqual(expected));

  it('suggests the field that was meant', () => {
    expect(validate({ replcas: 1 }, object({ replicas: {} }), custom)).toMatchObject([
      { fix: 'did you mean "replicas"?' },
    ]);
  });
});

describe('a built-in kind', () => {
  it.each([
    ['v1', 'Service', 'services', true],
    ['apps/v1', 'Deployment', 'deployments', true],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false],
  ])('%s %s is known', (apiVersion, kind, resource, namespaced) => {
    expect(builtinKind(apiVersion, kind)).toMatchObject({ resource, namespaced });
  });

  it.each([
    ['extensions/v1beta1', 'Deployment'],
    ['v1', 'Nothing'],
  ])('%s %s is not', (apiVersion, kind) => expect(builtinKind(apiVersion, kind)).toBeUndefined());

  it.each<[string, Json, readonly string[]]>([
    ['nulls', { spec: null, metadata: { creationTimestamp: null } }, []],
    [
      'an unquoted number',
      { metadata: { labels: { a: 1 } } },
      ['type metadata.labels.a: must be a string, not the number 1'],
    ],
    [
      'a quantity',
      { spec: { containers: [{ name: 'a', resources: { limits: { cpu: '1 core' } } }] } },
      [
        'type spec.containers[0].resources.limits.cpu: must be a quantity such as 100m, 2 or 4Gi, not the string "1 core"',
      ],
    ],
    ['a missing name', { spec: { containers: [{}] } }, ['required spec.containers[0].name: is required']],
    [
      'the same port in two protocols',
      { spec: { containers: [{ name: 'a', ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'UDP' }] }] } },
      [],
    ],
    [
      'the same port twice, once by default',
      { spec: { containers: [{ name: 'a', ports: [{ containerPort: 1 }, { containerPort: 1, protocol: 'TCP' }] }] } },
      ['duplicate spec.containers[0].ports[1]: repeats item 0 (containerPort 1, protocol "TCP")'],
    ],
  ])('with %s', (_, pod, expected) => {
    expect(said(pod, builtinKind('v1', 'Pod')?.schema ?? {}, builtinDialect)).toEqual(expected);
  });
});
