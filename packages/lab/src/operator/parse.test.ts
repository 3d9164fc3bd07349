import { expect, test } from 'vitest';
import type { Json } from '@cluster-forge/base';
import { parseModels } from './parse.ts';
import { readDuration } from './schema.ts';

const model = (spec: Json, name = 'demo'): Json => ({
  apiVersion: 'clusterforge.dev/v1alpha1',
  kind: 'OperatorModel',
  metadata: { name },
  spec,
});
const target = { apiVersion: 'a/v1', kind: 'A' };

function problemsOf(...documents: Json[]): readonly string[] {
  const parsed = parseModels(documents);
  return parsed.ok ? [] : parsed.failure.map(({ what, where }) => `${where?.path ?? ''}: ${what}`);
}

test.each<[string, Json, RegExp]>([
  ['unknown field', model({ for: target, steps: [{}], stages: [] }), /spec: .*unrecognized key.*stages/i],
  ['wrong type', model({ for: target, steps: 'soon' }), /spec\.steps: .*expected array/],
  ['no step', model({ for: target, steps: [] }), /spec\.steps: .*at least one step/],
  [
    'bad time',
    model({ for: target, steps: [{ after: '2 hours' }] }),
    /spec\.steps\[0\]\.after: .*whole number with its unit/,
  ],
  [
    'bad condition',
    model({ for: target, steps: [{ until: 'children.all(' }] }),
    /spec\.steps\[0\]\.until: .*not valid CEL/,
  ],
  [
    'bad expression in a status',
    model({ for: target, steps: [{ status: { a: { b: ['x ${{ 1 + }} y'] } } }] }),
    /spec\.steps\[0\]\.status\.a\.b\[0\]: .*not valid CEL/,
  ],
  [
    'bad expression in a child',
    model({
      for: target,
      steps: [{ children: [{ object: { apiVersion: 'v1', kind: 'X', metadata: { name: '${{ noSuch( }}' } } }] }],
    }),
    /metadata\.name: /,
  ],
  [
    'a kind that is an expression',
    model({
      for: target,
      steps: [{ children: [{ object: { apiVersion: 'v1', kind: '${{ object.kind }}', metadata: { name: 'x' } } }] }],
    }),
    /children\[0\]\.object\.kind: .*without an expression/,
  ],
  ['not a model', { kind: 'Pod' }, /apiVersion/],
])('%s', (_, document, expected) => {
  const problems = problemsOf(document);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.join('\n')).toMatch(expected);
});

test('a field of a template that is called when is not CEL', () => {
  expect(
    problemsOf(
      model({
        for: target,
        steps: [
          {
            status: { when: 'not ( CEL' },
            children: [{ object: { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec: { until: 'a b' } } }],
          },
        ],
      }),
    ),
  ).toEqual([]);
});

test('all problems of all documents come at once, duplicates too', () => {
  expect(
    problemsOf(
      model({ for: target, steps: [{ until: '(' }] }),
      model({ for: target, steps: [{ after: 'x' }] }),
      model({ for: target, steps: [{}] }),
      model({ for: target, steps: [{}] }),
    ),
  ).toHaveLength(3);
});

test.each([
  ['250ms', 250],
  ['2s', 2_000],
  ['3m', 180_000],
  ['1.5s', undefined],
  ['', undefined],
])('time %s', (text, expected) => {
  expect(readDuration(text)).toBe(expected);
});
