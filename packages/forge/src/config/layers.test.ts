import { isObject, printPath, type Json } from '@cluster-forge/base';
import { createCel } from '@cluster-forge/base/cel/cel';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyTree, layOver, leavesOf, locate, nodeAt, valueOf } from './layers.ts';

function merged(...values: readonly Json[]) {
  const tree = emptyTree();
  const loading = { problems: [], cel: createCel(), signal: AbortSignal.abort() };
  for (const [index, value] of values.entries()) {
    layOver(
      tree,
      { layer: `layer ${index}`, at: [], value, where: (path) => ({ file: `${index}.yaml`, path: printPath(path) }) },
      loading,
    );
  }
  return { tree, value: valueOf(tree), problems: loading.problems };
}

describe('rules', () => {
  test.each<readonly [string, readonly Json[], Json]>([
    ['maps merge', [{ a: { x: 1 } }, { a: { y: 2 } }], { a: { x: 1, y: 2 } }],
    ['scalars replace', [{ a: 1 }, { a: 2 }], { a: 2 }],
    ['lists replace', [{ a: [1, 2] }, { a: [3] }], { a: [3] }],
    ['null removes a scalar', [{ a: 1, b: 2 }, { a: null }], { b: 2 }],
    ['null removes a map', [{ a: { x: 1 }, b: 2 }, { a: null }], { b: 2 }],
    ['null stays where nothing was', [{ a: null }, { a: null, b: { c: null } }], { a: null, b: { c: null } }],
    ['what was removed can come back', [{ a: 1 }, { a: null }, { a: 2 }], { a: 2 }],
    ['a map replaces a scalar', [{ a: 1 }, { a: { x: 1 } }], { a: { x: 1 } }],
    ['a scalar replaces a map', [{ a: { x: 1 } }, { a: 1 }], { a: 1 }],
    ['an empty map changes no map', [{ a: { x: 1 } }, { a: {} }], { a: { x: 1 } }],
    ['an empty map is kept', [{ a: {} }], { a: {} }],
    ['append extends', [{ a: [1] }, { a: { $append: [2, 3] } }, { a: { $append: [4] } }], { a: [1, 2, 3, 4] }],
    ['append starts a list', [{ a: { $append: [1] } }], { a: [1] }],
    ['append after removal', [{ a: [1] }, { a: null }, { a: { $append: [2] } }], { a: [2] }],
    [
      '__proto__ is an ordinary key',
      [JSON.parse('{"__proto__": {"x": 1}}'), JSON.parse('{"__proto__": {"y": 1}}')],
      JSON.parse('{"__proto__": {"x": 1, "y": 1}}'),
    ],
  ])('%s', (_, layers, expected) => {
    const { value, problems } = merged(...layers);
    expect(value).toEqual(expected);
    expect(problems).toEqual([]);
  });

  test.each<readonly [string, readonly Json[]]>([
    ['over a scalar', [{ a: 1 }, { a: { $append: [2] } }]],
    ['over a map', [{ a: { x: 1 } }, { a: { $append: [2] } }]],
    ['without a list', [{ a: [1] }, { a: { $append: 2 } }]],
    ['beside other keys', [{ a: [1] }, { a: { $append: [2], x: 1 } }]],
  ])('$append %s is an error', (_, layers) => {
    expect(merged(...layers).problems).toMatchObject([
      { code: 'E_CONFIG_APPEND', where: { file: '1.yaml', path: 'a' } },
    ]);
  });
});

/** JSON without null and $append, whose rules depend on what is below. */
const plain = fc.letrec<{ value: Json; map: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.string(),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie('map'),
  ),
  map: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
})).map;

describe('laws', () => {
  test('a layer over nothing, and over itself, is the layer', () => {
    fc.assert(
      fc.property(plain, (a) => {
        expect(merged(a).value).toEqual(a);
        expect(merged(a, a).value).toEqual(a);
        expect(merged({}, a, {}).value).toEqual(a);
      }),
    );
  });

  test('what the strongest layer says holds', () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const { value } = merged(a, b);
        // Where the strong layer has an empty map, weaker fields show through.
        const differs = (strong: Json, result: Json | undefined): boolean => {
          if (!isObject(strong)) return JSON.stringify(result) !== JSON.stringify(strong);
          return Object.entries(strong).some(([key, item]) =>
            differs(item, isObject(result) ? result[key] : undefined),
          );
        };
        expect(differs(b, value)).toBe(false);
      }),
    );
  });

  test('merging is associative', () => {
    fc.assert(
      fc.property(plain, plain, plain, (a, b, c) => {
        // A map that replaces a scalar forgets the scalar's siblings only where both exist, so grouping must not matter.
        expect(merged(merged(a, b).value ?? {}, c).value).toEqual(merged(a, b, c).value);
      }),
    );
  });

  test('every leaf has an origin, and the last one wrote its value', () => {
    fc.assert(
      fc.property(plain, plain, plain, (a, b, c) => {
        const { tree } = merged(a, b, c);
        for (const [path, leaf] of leavesOf(tree)) {
          expect(leaf.chain.at(-1)?.value).toEqual(leaf.value);
          expect(locate(tree, path)?.path).toBe(printPath(path));
          expect(nodeAt(tree, path)).toBe(leaf);
        }
      }),
    );
  });
});

test('the chain names every layer, weakest first, and removal too', () => {
  const { tree } = merged({ a: 1 }, { b: 1 }, { a: 2 }, { a: null });
  const node = nodeAt(tree, ['a']);
  expect(node?.kind === 'gone' && node.chain.map(({ layer, value }) => [layer, value])).toEqual([
    ['layer 0', 1],
    ['layer 2', 2],
    ['layer 3', null],
  ]);
});

test('a field inside a list is located in the layer that wrote the list', () => {
  const { tree } = merged({ a: [{ x: 1 }] }, { a: [{ x: 2 }] });
  expect(locate(tree, ['a', 0, 'x'])).toEqual({ file: '1.yaml', path: 'a[0].x' });
});
