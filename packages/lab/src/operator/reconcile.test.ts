import { describe, expect, test } from 'vitest';
import type { Json } from '@cluster-forge/base';
import { createCel } from '@cluster-forge/base/cel/cel';
import type { KubeObject } from '@cluster-forge/kube/object';
import { parseModels } from './parse.ts';
import { reconcile, type ObservedChild, type Outcome, type World } from './reconcile.ts';
import type { OperatorModel } from './schema.ts';

const start = Date.parse('2026-05-01T10:00:00Z');

function modelOf(spec: Json): OperatorModel {
  const parsed = parseModels([
    { apiVersion: 'clusterforge.dev/v1alpha1', kind: 'OperatorModel', metadata: { name: 'demo' }, spec },
  ]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  const [model] = parsed.value;
  if (model === undefined) throw new Error('no model');
  return model;
}

const database = modelOf({
  for: { apiVersion: 'db.example/v1', kind: 'Database' },
  steps: [
    {
      children: [
        {
          forEach: 'object.spec.replicas',
          object: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: '${{ object.metadata.name }}-${{ item }}' },
            spec: {},
          },
        },
      ],
      status: { phase: 'Creating', observedGeneration: '${{ object.metadata.generation }}' },
      conditions: [{ type: 'Ready', status: 'False', reason: 'Creating' }],
    },
    {
      after: '2s',
      until: 'children.size() > 0 && children.all(c, c.ready)',
      waiting: 'pods',
      status: { phase: 'Running', ready: '${{ children.filter(c, c.ready).size() }}' },
      conditions: [{ type: 'Ready', reason: 'Up' }],
    },
  ],
  failures: { 'disk-full': [{ status: { phase: 'DiskFull' } }] },
});

function object(
  extra: { annotations?: Record<string, string>; status?: Json; generation?: number; spec?: Json } = {},
): KubeObject {
  return {
    apiVersion: 'db.example/v1',
    kind: 'Database',
    metadata: {
      name: 'main',
      uid: 'u1',
      generation: extra.generation ?? 1,
      ...(extra.annotations === undefined ? {} : { annotations: extra.annotations }),
    },
    spec: extra.spec ?? { replicas: ['a', 'b'] },
    ...(extra.status === undefined ? {} : { status: extra.status }),
  };
}

const pod = (name: string, ready: boolean): ObservedChild => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  ready,
  message: '',
});
const look = (world: Partial<World>, model = database) =>
  reconcile(model, { object: object(), children: [], progress: undefined, now: start, ...world }, createCel());

describe('the life of an object', () => {
  test('the first step holds at once: children exist, status says creating, and we look again when the second is due', () => {
    const outcome = look({});
    expect(outcome.children.map(({ metadata }) => metadata.name)).toEqual(['main-a', 'main-b']);
    expect(outcome.status).toMatchObject({
      phase: 'Creating',
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: 'False', reason: 'Creating', lastTransitionTime: '2026-05-01T10:00:00Z' }],
    });
    expect(outcome).toMatchObject({ lookAgainAt: start + 2_000, complete: false, problems: [] });
  });

  test('the second waits for its children and says so', () => {
    const outcome = look({
      progress: look({}).progress,
      now: start + 2_000,
      children: [pod('main-a', true), pod('main-b', false)],
    });
    expect(outcome.waiting).toBe('pods');
    expect(outcome.lookAgainAt).toBeUndefined();
    expect(outcome.status).toMatchObject({ phase: 'Creating' });
  });

  test('then its status overrides the first, children stay wanted', () => {
    const outcome = look({
      progress: look({}).progress,
      now: start + 2_500,
      children: [pod('main-a', true), pod('main-b', true)],
    });
    expect(outcome.status).toMatchObject({
      phase: 'Running',
      ready: 2,
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: 'True', reason: 'Up' }],
    });
    expect(outcome.children).toHaveLength(2);
    expect(outcome.complete).toBe(true);
  });

  test('a status that is so already is not written again, however late we look', () => {
    const children = [pod('main-a', true), pod('main-b', true)];
    const done = look({ progress: look({}).progress, now: start + 2_500, children });
    const again = look({
      object: object({ status: done.status ?? null }),
      progress: done.progress,
      now: start + 60_000,
      children,
    });
    expect(again.status).toBeUndefined();
    expect(again.problems).toEqual([]);
  });

  test('a child that fails later takes the object back, and the transition time moves', () => {
    const children = [pod('main-a', true), pod('main-b', true)];
    const done = look({ progress: look({}).progress, now: start + 2_500, children });
    const outcome = look({
      object: object({ status: done.status ?? null }),
      progress: done.progress,
      now: start + 60_000,
      children: [pod('main-a', true), pod('main-b', false)],
    });
    expect(outcome.status).toMatchObject({
      phase: 'Creating',
      conditions: [{ status: 'False', lastTransitionTime: '2026-05-01T10:01:00Z' }],
    });
  });

  test('a new generation starts anew', () => {
    const before = look({
      progress: look({}).progress,
      now: start + 2_500,
      children: [pod('main-a', true), pod('main-b', true)],
    });
    const outcome = look({
      object: object({ generation: 2 }),
      progress: before.progress,
      now: start + 9_000,
      children: [pod('main-a', true)],
    });
    expect(outcome.progress).toMatchObject({ generation: 2, since: start + 9_000 });
    expect(outcome.lookAgainAt).toBe(start + 11_000);
  });
});

describe('conditions of others', () => {
  test('stay where they are', () => {
    const foreign = {
      type: 'Backup',
      status: 'True',
      reason: 'r',
      message: '',
      lastTransitionTime: '2020-01-01T00:00:00Z',
    };
    const { status } = look({ object: object({ status: { conditions: [foreign] } }) });
    expect(status?.['conditions']).toMatchObject([foreign, { type: 'Ready' }]);
  });
});

describe('faults on demand', () => {
  test.each<[string, Partial<Outcome>]>([
    ['never', { children: [], complete: true }],
    ['stuck', { waiting: 'nothing: it is told to be stuck', complete: false }],
    ['disk-full', { status: { phase: 'DiskFull' }, complete: true }],
  ])('%s', (mode, expected) => {
    const children = [pod('main-a', true), pod('main-b', true)];
    const outcome = look({ object: object({ annotations: { 'lab.clusterforge.dev/fail': mode } }), children });
    expect(outcome).toMatchObject(expected);
  });

  test('ready-after delays the last step only', () => {
    const outcome = look({ object: object({ annotations: { 'lab.clusterforge.dev/ready-after': '10s' } }) });
    expect(outcome.lookAgainAt).toBe(start + 12_000);
    expect(outcome.children).toHaveLength(2);
  });
});

describe('expressions that fail', () => {
  test('stop the walk, name the step and the field, and write nothing of that step', () => {
    const broken = modelOf({
      for: { apiVersion: 'db.example/v1', kind: 'Database' },
      steps: [{ status: { phase: 'A' } }, { status: { size: '${{ object.spec.missing.size }}' } }],
    });
    const outcome = look({}, broken);
    expect(outcome.status).toEqual({ phase: 'A' });
    expect(outcome.complete).toBe(false);
    expect(outcome.problems).toMatchObject([{ code: 'E_CEL_EVALUATE', where: { path: 'spec.steps[1]: size' } }]);
  });

  test('a forEach that gives no list is a problem', () => {
    const broken = modelOf({
      for: { apiVersion: 'v1', kind: 'X' },
      steps: [
        {
          children: [
            { forEach: 'object.metadata.name', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } } },
          ],
        },
      ],
    });
    expect(look({}, broken).problems).toMatchObject([
      { code: 'E_LAB_MODEL', what: expect.stringContaining('not a list') },
    ]);
  });
});
