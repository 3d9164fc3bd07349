import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePath, printPath } from './path.ts';

test('what is printed can be read again', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.nat(99), fc.string({ minLength: 1 }), fc.constantFrom('a', 'b-c', 'app.kubernetes.io/name', '0')),
        { minLength: 1 },
      ),
      (path) => {
        expect(parsePath(printPath(path))).toEqual(path);
      },
    ),
  );
});

test.each([
  ['', []],
  ['a.b-c[0].d', ['a', 'b-c', 0, 'd']],
  [`a['x.y']["z"]`, ['a', 'x.y', 'z']],
  ['a.0', ['a', '0']],
])('%s', (text, path) => {
  expect(parsePath(text)).toEqual(path);
});

test.each(['.a', 'a..b', 'a.', 'a[', 'a[x]', 'a b', 'a.[0]', 'a[0]b'])('"%s" is not a path', (text) => {
  expect(parsePath(text)).toBeUndefined();
});
