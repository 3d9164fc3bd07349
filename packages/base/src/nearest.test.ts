import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest, suggest } from './nearest.ts';

test.each([
  ['domian', ['domain', 'size'], 'domain'],
  ['cert-manger', ['cert-manager', 'cert-manager-csi'], 'cert-manager'],
  ['Params', ['params'], 'params'],
  ['x', ['abc', 'size'], undefined],
  ['sze', ['size', 'sizes'], 'size'],
  ['ab', [], undefined],
])('%s among %j', (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected);
});

test('suggest names the close one, lists the rest, or is silent', () => {
  expect(suggest('sze', ['size', 'domain'])).toBe('did you mean "size"?');
  expect(suggest('qqq', ['size', 'domain'])).toBe('use one of: domain, size');
  expect(suggest('qqq', [])).toBeUndefined();
  expect(
    suggest(
      'zzzzzz',
      Array.from({ length: 14 }, (_, index) => `name-${index}`),
    ),
  ).toMatch(/, and 2 more$/);
});

test('the distance is symmetric, zero only for equals, and one for a swap of neighbours', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
  expect(editDistance('ab', 'ba')).toBe(1);
});
