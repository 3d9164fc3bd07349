import { expect, test } from 'vitest';
import { totalsOf } from './test-report.ts';

const file = (status: string, ...tests: readonly string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((outcome, at) => ({ fullName: `test ${at}`, status: outcome })),
});

test.each([
  ['all pass', [file('passed', 'passed', 'passed')], { passed: 2, failed: 0, skipped: [] }],
  ['one fails', [file('failed', 'passed', 'failed')], { passed: 1, failed: 1, skipped: [] }],
  [
    'a file that does not load is a failure',
    [file('failed'), file('passed', 'passed')],
    { passed: 1, failed: 1, skipped: [] },
  ],
  [
    'a file whose hook fails after its tests passed is a failure',
    [file('failed', 'passed')],
    { passed: 1, failed: 1, skipped: [] },
  ],
  ['skipped tests are named', [file('passed', 'skipped', 'passed')], { passed: 1, failed: 0, skipped: ['test 0'] }],
])('%s', (_, testResults, expected) => {
  expect(totalsOf({ testResults })).toEqual(expected);
});

test('no report at all is a failure', () => {
  expect(totalsOf(undefined).failed).toBe(1);
  expect(totalsOf({ testResults: [] }).failed).toBe(1);
});
