import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Graph } from '@cluster-forge/forge/plan/graph';
import { componentOf, edge, graphOf, play, type Story } from './play.ts';

const up: Story = { transient: 0, refused: false, moves: [{ afterMs: 1, standing: 'serving' }] };

const move = fc.record({
  afterMs: fc.integer({ min: 0, max: 3_000 }),
  standing: fc.constantFrom(
    'applied' as const,
    'ready' as const,
    'serving' as const,
    'failed' as const,
    'unobserved' as const,
  ),
});
const anyStory: fc.Arbitrary<Story> = fc.record({
  transient: fc.integer({ min: 0, max: 3 }),
  refused: fc.constant(false),
  moves: fc.array(move, { maxLength: 5 }),
});

interface Scenario {
  readonly graph: Graph;
  readonly stories: ReadonlyMap<string, Story>;
  readonly concurrency: number;
}

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
    needs: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 5 }),
    between: fc.array(
      fc.record({
        a: fc.nat(),
        b: fc.nat(),
        until: fc.constantFrom('applied' as const, 'ready' as const, 'serving' as const),
      }),
      { maxLength: 12 },
    ),
    stories: fc.array(fc.record({ story: anyStory, refused: fc.integer({ min: 0, max: 9 }), endsWell: fc.boolean() }), {
      minLength: 20,
      maxLength: 20,
    }),
    concurrency: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ sizes, needs, between, stories, concurrency }) => {
    const parts = sizes.map((size, index) => {
      const needed = needs
        .filter(([to]) => to % sizes.length === index && index > 0)
        .map(([, from]) => `c${from % index}`);
      return componentOf(
        `c${index}`,
        Array.from({ length: size }, (_, n) => `o${n}`),
        [...new Set(needed)],
      );
    });
    const graph = graphOf(...parts);
    const objects = graph.nodes.filter(({ kind }) => kind === 'object').map(({ id }) => id);
    const edges = between.flatMap(({ a, b, until }) => {
      const [low, high] = [a % Math.max(1, objects.length), b % Math.max(1, objects.length)].sort((x, y) => x - y);
      const [from, to] = [objects[low ?? 0], objects[high ?? 0]];
      return from === undefined || to === undefined || from === to ? [] : [edge(from, to, until)];
    });
    const told = objects.map((id, index): [string, Story] => {
      const {
        story: base,
        refused,
        endsWell,
      } = stories[index % stories.length] ?? { story: up, refused: 9, endsWell: true };
      const moves = endsWell ? [...base.moves, { afterMs: 10, standing: 'serving' as const }] : base.moves;
      return [id, { ...base, moves, refused: refused === 0 }];
    });
    return { graph: { ...graph, edges: [...graph.edges, ...edges] }, stories: new Map(told), concurrency };
  });

describe('any walk', () => {
  it('always ends, begins nothing before its needs are met, and keeps to its width', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ graph, stories, concurrency }) => {
        const { walked, early, mostAtOnce } = await play(graph, stories, concurrency);
        expect(early).toEqual([]);
        expect(mostAtOnce).toBeLessThanOrEqual(concurrency);
        for (const part of walked.parts.values()) {
          const told = walked.failures.some(
            ({ what }) => what.includes(` ${part.component} `) || what.includes(part.component),
          );
          expect(part.readyMs !== undefined || part.failure !== undefined || told).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
