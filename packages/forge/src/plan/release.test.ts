import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '@cluster-forge/base/hash';
import { all, configMap, deployment, job, type ComponentFixture, platformOf } from '../objects/fixture.ts';
import type { Graph } from './graph.ts';
import { plan } from './plan.ts';
import { release } from './release.ts';

function graphOf(...fixtures: readonly ComponentFixture[]): Graph {
  const { platform, rendered } = platformOf(...fixtures);
  const result = plan(platform, rendered);
  if (!result.ok) throw new Error(JSON.stringify(result.failure, undefined, 1));
  return result.value;
}

/** Random components whose Deployments mount ConfigMaps of any component and whose needs point to earlier ones: never a cycle. */
const fixtures = fc
  .array(
    fc.record({
      uses: fc.array(fc.nat(5), { maxLength: 3 }),
      needs: fc.array(fc.nat(5), { maxLength: 3 }),
      hook: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((drafts) =>
    drafts.map(({ uses, needs, hook }, index): ComponentFixture => {
      const volumes = uses.map((use, at) => `{name: v${at}, configMap: {name: c${use}}}`).join(', ');
      return {
        name: `c${index}`,
        requires: [...new Set(needs.filter((need) => need < index).map((need) => `c${need}`))],
        main: all(configMap(`c${index}`), deployment(`d${index}`, `volumes: [${volumes}]`)),
        ...(hook ? { pre: job(`p${index}`), post: job(`q${index}`) } : {}),
      };
    }),
  );

describe('for any platform', () => {
  it('waves respect every edge and hold every node once', () => {
    fc.assert(
      fc.property(fixtures, (list) => {
        const graph = graphOf(...list);
        const wave = new Map(graph.waves.flatMap((ids, index) => ids.map((id) => [id, index] as const)));
        expect([...wave.keys()].sort()).toEqual(graph.nodes.map(({ id }) => id));
        expect(graph.waves.flat()).toHaveLength(graph.nodes.length);
        for (const { from, to } of graph.edges) expect(wave.get(from)).toBeLessThan(wave.get(to) ?? -1);
      }),
      { numRuns: 50 },
    );
  });

  it('the order of the input changes nothing, not even the digest', () => {
    const shuffled = fixtures.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(graphOf(...other)).toEqual(graphOf(...list));
        expect(digestFor(other)).toBe(digestFor(list));
      }),
      { numRuns: 50 },
    );
  });
});

function digestFor(list: readonly ComponentFixture[]): string {
  const { platform, rendered } = platformOf(...list);
  return release(platform, { version: 1, sources: [] }, rendered, graphOf(...list)).graphDigest;
}

describe('release', () => {
  const { platform, rendered } = platformOf({ name: 'a', main: configMap('x') });
  const graph = graphOf({ name: 'a', main: configMap('x') });
  const lock = {
    version: 1,
    sources: [{ id: 'a/0', kind: 'files', request: { b: '1', a: '2' }, digest: digestOf('x'), sizeBytes: 1 }],
  } as const;

  it('has the same lock digest however the lock was put together', () => {
    const other = { sources: [{ ...lock.sources[0], request: { a: '2', b: '1' } }], version: 1 } as const;
    expect(release(platform, other, rendered, graph).lockDigest).toBe(
      release(platform, lock, rendered, graph).lockDigest,
    );
  });

  it('has another graph digest when an object changes', () => {
    const changed = platformOf({ name: 'a', main: `${configMap('x')}data: {k: v}\n` });
    expect(release(platform, lock, changed.rendered, graph).graphDigest).not.toBe(
      release(platform, lock, rendered, graph).graphDigest,
    );
  });
});
