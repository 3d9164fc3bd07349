import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cyclesOf, printCycle } from './cycles.ts';
import { directedGraph, levelsOf, reachableFrom, type DirectedEdge } from './graph.ts';
import { criticalPath, transitiveReduction } from './paths.ts';

/** `a>b b>c d` as a graph. */
function parse(text: string) {
  const parts = text.split(' ').filter((part) => part !== '');
  const edges = parts.flatMap((part): DirectedEdge[] => {
    const [from, to] = part.split('>');
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  return {
    graph: directedGraph(
      parts.flatMap((part) => part.split('>')),
      edges,
    ),
    edges,
  };
}

const print = (edges: readonly DirectedEdge[]) => edges.map(({ from, to }) => `${from}>${to}`).join(' ');

/** Edges go from smaller to larger numbers only, so there is no cycle. */
const acyclic = fc
  .array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 120 })
  .map((pairs) =>
    pairs.filter(([a, b]) => a !== b).map(([a, b]) => ({ from: `n${Math.min(a, b)}`, to: `n${Math.max(a, b)}` })),
  );

const any = fc
  .array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 40 })
  .map((pairs) => pairs.map(([a, b]) => ({ from: `n${a}`, to: `n${b}` })));

const graphOf = (edges: readonly DirectedEdge[]) =>
  directedGraph(
    edges.flatMap(({ from, to }) => [from, to]),
    edges,
  );

describe('levels', () => {
  test.each([
    ['a>b b>c a>c d', [['a', 'd'], ['b'], ['c']], []],
    ['z a m', [['a', 'm', 'z']], []],
    ['', [], []],
    ['x>a a>b b>a b>c', [['x']], ['a', 'b', 'c']],
    ['a>b a>b', [['a'], ['b']], []],
  ])('%s', (text, levels, blocked) => {
    expect(levelsOf(parse(text).graph)).toEqual({ levels, blocked });
  });

  test('every edge goes to a later level, by exactly one for some edge, and every node has one level', () => {
    fc.assert(
      fc.property(acyclic, (edges) => {
        const graph = graphOf(edges);
        const { levels, blocked } = levelsOf(graph);
        const levelOf = new Map(levels.flatMap((names, level) => names.map((name) => [name, level] as const)));
        expect(blocked).toEqual([]);
        expect(levels.flat().sort()).toEqual(graph.names);
        for (const { from, to } of edges) expect(levelOf.get(from)).toBeLessThan(levelOf.get(to) ?? -1);
        const tight = graph.names.filter((name) =>
          edges.some(({ from, to }) => to === name && levelOf.get(from) === (levelOf.get(to) ?? 0) - 1),
        );
        expect(tight.sort()).toEqual(levels.slice(1).flat().sort());
      }),
    );
  });

  test('the order of the input does not matter', () => {
    fc.assert(
      fc.property(acyclic, (edges) => {
        expect(levelsOf(graphOf(edges.toReversed()))).toEqual(levelsOf(graphOf(edges)));
      }),
    );
  });
});

describe('cycles', () => {
  test.each([
    ['a>b b>c', []],
    ['a>a', ['a -> a']],
    ['c>b b>a a>c', ['a -> c -> b -> a']],
    ['a>b b>c c>d d>a c>b', ['b -> c -> b']],
    ['a>b b>a x>y y>x b>x', ['a -> b -> a', 'x -> y -> x']],
  ])('%s', (text, expected) => {
    expect(cyclesOf(parse(text).graph).map(printCycle)).toEqual(expected);
  });

  test('each is a closed walk over edges, and there is one exactly when something is blocked', () => {
    fc.assert(
      fc.property(any, (edges) => {
        const graph = graphOf(edges);
        const has = new Set(edges.map(({ from, to }) => `${from}>${to}`));
        const found = cyclesOf(graph);
        for (const cycle of found) {
          const walk = cycle.map((from, at) => `${from}>${cycle[(at + 1) % cycle.length]}`);
          expect(walk.filter((step) => !has.has(step))).toEqual([]);
          expect(new Set(cycle).size).toBe(cycle.length);
        }
        expect(found.length > 0).toBe(levelsOf(graph).blocked.length > 0);
      }),
    );
  });
});

test('reachable, forward and backward', () => {
  const { graph } = parse('a>b b>c x>c c>d e');
  expect(reachableFrom(graph, ['b'])).toEqual(['b', 'c', 'd']);
  expect(reachableFrom(graph, ['c'], 'backward')).toEqual(['a', 'b', 'c', 'x']);
  expect(reachableFrom(graph, ['nobody'])).toEqual([]);
});

describe('transitive reduction', () => {
  test.each([
    ['a>b b>c a>c', 'a>b b>c'],
    ['a>b a>c b>d c>d a>d', 'a>b a>c b>d c>d'],
    ['a>b b>a a>c x>a', 'a>b a>c b>a x>a'],
  ])('%s', (text, expected) => {
    expect(print(transitiveReduction(parse(text).graph))).toBe(expected);
  });

  test('keeps what reaches what, and no edge can be spared', () => {
    fc.assert(
      fc.property(acyclic, (edges) => {
        const graph = graphOf(edges);
        const kept = transitiveReduction(graph);
        const reduced = directedGraph(graph.names, kept);
        for (const name of graph.names) expect(reachableFrom(reduced, [name])).toEqual(reachableFrom(graph, [name]));
        for (const edge of kept) {
          const without = directedGraph(
            graph.names,
            kept.filter((other) => other !== edge),
          );
          expect(reachableFrom(without, [edge.from])).not.toContain(edge.to);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('critical path', () => {
  test.each([
    ['a>b b>c a>d', { a: 1, b: 2, c: 3, d: 4 }, ['a', 'b', 'c'], 6],
    ['a b', { a: 1, b: 5 }, ['b'], 5],
    ['a>c b>c', { a: 2, b: 2, c: 1 }, ['a', 'c'], 3],
    ['', {}, [], 0],
  ])('%s', (text, durations: Record<string, number>, path, duration) => {
    expect(criticalPath(parse(text).graph, (name) => durations[name] ?? 0)).toEqual({ path, duration });
  });

  test('no chain takes longer', () => {
    fc.assert(
      fc.property(acyclic, (edges) => {
        const graph = graphOf(edges);
        const durationOf = (name: string) => Number(name.slice(1)) % 7;
        const { path, duration } = criticalPath(graph, durationOf);
        expect(path.reduce((sum, name) => sum + durationOf(name), 0)).toBe(duration);
        for (const [at, name] of path.slice(1).entries()) expect(edges).toContainEqual({ from: path[at], to: name });
        const longest = (name: string): number =>
          durationOf(name) +
          Math.max(0, ...new Set(edges.filter(({ from }) => from === name).map(({ to }) => to)).values().map(memo));
        const known = new Map<string, number>();
        const memo = (name: string): number => known.get(name) ?? known.set(name, longest(name)).get(name) ?? 0;
        expect(duration).toBe(Math.max(0, ...graph.names.map(memo)));
      }),
    );
  });
});

test('an edge to nowhere is refused', () => {
  expect(() => directedGraph(['a'], [{ from: 'a', to: 'b' }])).toThrow('names "b"');
});

test('a large graph is handled', () => {
  const edges = Array.from({ length: 100_000 }, (_, at) => ({
    from: `n${(at * 7) % 5_000}`,
    to: `n${5_000 + ((at * 13) % 5_000)}`,
  }));
  const chain = Array.from({ length: 9_999 }, (_, at) => ({ from: `c${at}`, to: `c${at + 1}` }));
  const graph = graphOf([...edges, ...chain]);
  expect(levelsOf(graph).levels).toHaveLength(10_000);
  expect(cyclesOf(graphOf([...chain, { from: 'c9999', to: 'c0' }]))).toHaveLength(1);
  expect(transitiveReduction(graph).length).toBeGreaterThan(9_999);
});
