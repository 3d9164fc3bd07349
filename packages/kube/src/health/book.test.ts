import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '@cluster-forge/base';
import type { KubeObject } from '../object.ts';
import { createHealthBook } from './book.ts';
import type { HealthRule } from './verdict.ts';

const thing = (body: JsonObject = {}): KubeObject => {
  const { metadata, ...rest } = body;
  return {
    apiVersion: 'x.io/v1',
    kind: 'Thing',
    metadata: { name: 'a', generation: 3, ...(isObject(metadata) ? metadata : {}) },
    ...rest,
  };
};
const withStatus = createHealthBook({ hasStatus: () => true });
const withConditions = (...conditions: readonly JsonObject[]) => thing({ status: { conditions } });

describe('kinds without a rule', () => {
  it.each([
    ['no status yet', thing(), 'unobserved', 'no controller has written a status yet'],
    ['an empty status', thing({ status: {} }), 'unobserved', 'no controller has written a status yet'],
    ['a status without conditions', thing({ status: { phase: 'Odd' } }), 'ready', 'applied'],
    [
      'an old generation',
      thing({ status: { observedGeneration: 2 } }),
      'progressing',
      'its controller has seen generation 2 of 3',
    ],
    ['Ready', withConditions({ type: 'Ready', status: 'True' }), 'ready', 'Ready is True'],
    [
      'not Ready',
      withConditions({ type: 'Ready', status: 'False', reason: 'Pulling', message: 'x' }),
      'progressing',
      'Ready is False: Pulling: x',
    ],
    ['Ready unknown', withConditions({ type: 'Ready', status: 'Unknown' }), 'progressing', 'Ready is Unknown'],
    [
      'Ready about an old generation',
      withConditions({ type: 'Ready', status: 'True', observedGeneration: 2 }),
      'progressing',
      'Ready is about generation 2 of 3',
    ],
    ['Available only', withConditions({ type: 'Available', status: 'False' }), 'progressing', 'Available is False'],
    [
      'Ready before Available',
      withConditions({ type: 'Available', status: 'False' }, { type: 'Ready', status: 'True' }),
      'ready',
      'Ready is True',
    ],
    [
      'Stalled',
      withConditions({ type: 'Stalled', status: 'True', reason: 'Bad' }, { type: 'Ready', status: 'True' }),
      'failed',
      'Stalled is True: Bad',
    ],
    [
      'Reconciling',
      withConditions({ type: 'Reconciling', status: 'True' }, { type: 'Ready', status: 'True' }),
      'progressing',
      'Reconciling is True',
    ],
    [
      'being deleted',
      thing({ metadata: { deletionTimestamp: 't' }, status: { phase: 'x' } }),
      'terminating',
      'being deleted',
    ],
    ['conditions that are none', thing({ status: { conditions: ['x', { type: 1 }] } }), 'ready', 'applied'],
  ] as const)('%s', (_name, object, state, message) => {
    expect(withStatus.assess(object)).toMatchObject({ state, message });
  });

  it.each([false, undefined])('are ready once applied when the status subresource is %s', (hasStatus) => {
    expect(createHealthBook({ hasStatus: () => hasStatus }).assess(thing())).toMatchObject({ state: 'ready' });
  });
});

describe('custom rules', () => {
  const rule: HealthRule = {
    group: 'x.io',
    kind: 'Thing',
    ready: [{ when: 'object.status.phase == "Up"', message: '"phase is " + object.status.phase' }],
  };
  const book = createHealthBook({ custom: [rule, { group: 'x.io', kind: 'Thing' }], hasStatus: () => true });

  it('come before the generic one, the first of a kind wins', () => {
    expect(book.assess(thing({ status: { phase: 'Down' } }))).toEqual({
      state: 'progressing',
      message: 'phase is Down',
      rule: 'x.io/Thing',
    });
    expect(book.assess(thing({ status: { phase: 'Up' } })).state).toBe('ready');
  });
  it('wait for a status first', () => expect(book.assess(thing()).state).toBe('unobserved'));
  it('that cannot be evaluated keep the gate shut and say so', () => {
    expect(book.assess(thing({ status: { other: 1 } }))).toMatchObject({
      state: 'progressing',
      message: expect.stringContaining('cannot be evaluated'),
    });
  });
  it('replace built-in ones', () => {
    const loose = createHealthBook({ custom: [{ group: 'apps', kind: 'Deployment' }], hasStatus: () => true });
    expect(
      loose.assess({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, status: { replicas: 0 } })
        .state,
    ).toBe('ready');
  });
  it('are refused when they do not parse', () => {
    expect(() =>
      createHealthBook({
        custom: [{ group: '', kind: 'X', failed: [{ when: 'object.', message: '""' }] }],
        hasStatus: () => true,
      }),
    ).toThrow('object.');
  });
});

describe('immediate kinds', () => {
  const id = (apiVersion: string, kind: string) => ({ apiVersion, kind, name: 'a' });
  it.each([
    [id('v1', 'ConfigMap'), true],
    [id('rbac.authorization.k8s.io/v1', 'Role'), true],
    [id('apps/v1', 'Deployment'), false],
    [id('v1', 'Service'), false],
    [id('x.io/v1', 'Thing'), false],
  ])('%o: %s', (object, expected) => expect(withStatus.isImmediate(object)).toBe(expected));

  it('include custom kinds without a status subresource', () => {
    expect(createHealthBook({ hasStatus: () => false }).isImmediate(id('x.io/v1', 'Thing'))).toBe(true);
    expect(createHealthBook({ hasStatus: () => undefined }).isImmediate(id('x.io/v1', 'Thing'))).toBe(false);
  });
});
