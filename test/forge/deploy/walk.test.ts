import { describe, expect, it } from 'vitest';
import { componentOf, edge, graphOf, object, play, type Played, type Story } from './play.ts';

const story = (moves: Story['moves'], more: Partial<Story> = {}): Story => ({
  transient: 0,
  refused: false,
  moves,
  ...more,
});
const up = story([{ afterMs: 1, standing: 'serving' }]);
const stateOf = ({ walked }: Played, component: string) => walked.parts.get(component);

describe('a walk', () => {
  const two = graphOf(componentOf('a', ['x', 'y']), componentOf('b', ['z'], ['a']));

  it('goes through components in order', async () => {
    const played = await play(two, new Map(), 4);
    expect(played.begun).toEqual(['a-x', 'a-y', 'b-z']);
    expect(played.walked.failures).toEqual([]);
    expect(stateOf(played, 'b')?.startedMs).toBeGreaterThanOrEqual(50);
  });

  it('fails a component at its timeout with the causal chain, and blocks what needs it', async () => {
    const played = await play(two, new Map([['a-y', story([{ afterMs: 1, standing: 'failed' }])]]), 4);
    expect(played.begun).toEqual(['a-x', 'a-y']);
    expect(played.walked.failures).toMatchObject([
      { code: 'E_DEPLOY_GATE', what: 'component a was not ready after 10 s', why: 'chain of a-y' },
      {
        code: 'E_DEPLOY_BLOCKED',
        what: 'component b could not start',
        why: 'waits for component a, which failed (test)',
      },
    ]);
  });

  it('goes on with what does not need a failed component', async () => {
    const graph = graphOf(componentOf('a', ['x']), componentOf('b', ['z']));
    const played = await play(graph, new Map([['a-x', story([], { refused: true })]]), 1);
    expect(stateOf(played, 'b')?.readyMs).toBeDefined();
    expect(played.walked.failures).toHaveLength(1);
  });

  it('tolerates a failure that passes before the timeout', async () => {
    const moves = [
      { afterMs: 1, standing: 'failed' },
      { afterMs: 9_000, standing: 'serving' },
    ] as const;
    const played = await play(
      two,
      new Map([
        ['a-x', story(moves)],
        ['b-z', { ...up, transient: 3 }],
      ]),
      4,
    );
    expect(played.walked.failures).toEqual([]);
  });

  it('starts the settle time anew when an object falls back', async () => {
    const moves = [
      { afterMs: 1, standing: 'ready' },
      { afterMs: 30, standing: 'applied' },
      { afterMs: 100, standing: 'ready' },
    ] as const;
    const played = await play(two, new Map([['a-x', story(moves)]]), 4);
    expect(stateOf(played, 'a')?.readyMs).toBeGreaterThanOrEqual(131 + 50);
  });

  it('excuses an object nobody gives a status, and says so', async () => {
    const played = await play(two, new Map([['a-x', story([{ afterMs: 1, standing: 'unobserved' }])]]), 4);
    expect(played.walked.failures).toEqual([]);
    expect(played.walked.notes).toEqual([
      'Thing a-x counts as ready: no controller wrote a status for it in 1 s; a health rule would gate on it',
    ]);
  });

  it('waits for serving where somebody needs it', async () => {
    const graph = graphOf(two, { nodes: [], edges: [edge('a-x', 'a-y', 'serving')] });
    const moves = [
      { afterMs: 1, standing: 'ready' },
      { afterMs: 400, standing: 'serving' },
    ] as const;
    const played = await play(graph, new Map([['a-x', story(moves)]]), 4);
    expect(played.walked.timings.get('a-y')?.beganMs).toBeGreaterThanOrEqual(400);
  });

  it('names objects on a cycle instead of waiting for them', async () => {
    const played = await play(
      graphOf(two, { nodes: [], edges: [edge('a-x', 'a-y'), edge('a-y', 'a-x')] }),
      new Map(),
      4,
    );
    expect(played.begun).toEqual([]);
    expect(played.walked.failures.map(({ code }) => code)).toEqual(['E_DEPLOY_STUCK', 'E_DEPLOY_STUCK']);
  });

  it('lets CRDs use half of the lanes', async () => {
    const crds = Array.from({ length: 8 }, (_, index) => object('a', `c${index}`, 'CustomResourceDefinition'));
    const played = await play(graphOf({ nodes: crds, edges: [] }), new Map(), 4);
    expect(played.mostAtOnce).toBe(2);
    expect(played.begun).toHaveLength(8);
  });
});
