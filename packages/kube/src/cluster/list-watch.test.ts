import { describe, expect, it } from 'vitest';
import type { Context } from '@cluster-forge/base';
import { errors } from '../errors.ts';
import type { KubeObject } from '../object.ts';
import type { WatchEvent } from './cluster.ts';
import { isNewer, listWatch, type WatchSource } from './list-watch.ts';
import { sharedWatches, type WatchChange } from './shared-watches.ts';
import type { StreamEvent } from './watch-stream.ts';

const object = (name: string, resourceVersion: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, resourceVersion },
});
const upsert = (name: string, resourceVersion: string): StreamEvent => ({
  kind: 'upsert',
  object: object(name, resourceVersion),
  resourceVersion,
});
const gone = () => errors.E_API_GONE({ what: 'gone' });

type Step = StreamEvent | Error;

/** Lists and streams by script; the watch is stopped when the script has come to its end. */
function scripted(lists: readonly (string | Error)[], streams: readonly (readonly Step[])[]) {
  const stop = new AbortController();
  const opened: string[] = [];
  let listed = 0;
  const source: WatchSource = {
    list: () => {
      const step = lists[listed++];
      if (step === undefined) stop.abort();
      if (step instanceof Error) return Promise.reject(step);
      return Promise.resolve({ items: [object('a', step ?? '')], resourceVersion: step ?? '' });
    },
    // oxlint-disable-next-line typescript/require-await -- a script has nothing to wait for
    async *stream(resourceVersion) {
      const steps = streams[opened.length];
      opened.push(resourceVersion);
      if (steps === undefined) stop.abort();
      for (const step of steps ?? []) {
        if (step instanceof Error) throw step;
        yield step;
      }
    },
  };
  const slept: number[] = [];
  const ctx: Context = {
    signal: stop.signal,
    host: { emit: () => undefined, ask: () => Promise.reject(new Error('nobody answers')) },
    clock: {
      now: () => 0,
      // Only the long wait for staleness stays open.
      sleep: (ms) => (ms > 1000 ? new Promise(() => undefined) : Promise.resolve(void slept.push(ms))),
    },
  };
  const timing = { staleAfterMs: 5000, firstDelayMs: 10, maxDelayMs: 40, random: () => 1 };
  return { source, timing, ctx, opened, slept };
}

async function told(events: AsyncIterable<WatchEvent>): Promise<string[]> {
  const texts: string[] = [];
  for await (const event of events) {
    const version = 'object' in event ? event.object.metadata['resourceVersion'] : '';
    texts.push(`${event.kind} ${typeof version === 'string' ? version : ''}`.trim());
  }
  return texts;
}

describe('listWatch', () => {
  it('goes on from the last event after the stream ends or breaks', async () => {
    const { source, timing, ctx, opened } = scripted(
      ['5'],
      [[upsert('a', '7')], [upsert('a', '8'), new Error('cut')], [{ kind: 'bookmark', resourceVersion: '20' }]],
    );
    expect(await told(listWatch(source, timing, ctx))).toEqual(['synced', 'upsert 7', 'upsert 8']);
    expect(opened).toEqual(['5', '7', '8', '20']);
  });

  it('lists again when its position is gone', async () => {
    const { source, timing, ctx, opened } = scripted(['5', '9'], [[gone()], [upsert('a', '10')]]);
    expect(await told(listWatch(source, timing, ctx))).toEqual(['synced', 'synced', 'upsert 10']);
    expect(opened).toEqual(['5', '9', '10']);
  });

  it('never goes back: older events and older lists are dropped', async () => {
    const { source, timing, ctx } = scripted(
      ['5', '6', '9'],
      [[upsert('a', '7'), upsert('a', '7'), upsert('b', '6'), gone()]],
    );
    expect(await told(listWatch(source, timing, ctx))).toEqual(['synced', 'upsert 7', 'synced']);
  });

  it('backs off while nothing comes, and starts afresh after an event', async () => {
    const { source, timing, ctx, slept } = scripted(
      ['5'],
      [[new Error('a')], [], [new Error('b')], [upsert('a', '6'), new Error('c')]],
    );
    await told(listWatch(source, timing, ctx));
    expect(slept.slice(0, 4)).toEqual([10, 20, 40, 10]);
  });

  it.each([errors.E_API_FORBIDDEN, errors.E_API_NOT_FOUND, errors.E_API_KIND])(
    'throws what waiting does not mend',
    async (make) => {
      const { source, timing, ctx } = scripted([make({ what: 'no' })], []);
      await expect(told(listWatch(source, timing, ctx))).rejects.toMatchObject({ code: make.code });
    },
  );

  it.each([
    ['9', '10', false],
    ['10', '9', true],
    ['10', '10', false],
    ['1', '', true],
    ['abc', '5', true],
  ])('compares versions: %s newer than %s is %s', (candidate, than, expected) => {
    expect(isNewer(candidate, than)).toBe(expected);
  });
});

describe('sharedWatches', () => {
  const query = { apiVersion: 'v1', kind: 'ConfigMap' };
  const { ctx } = scripted([], []);

  /** A cluster whose watch the test drives by hand. */
  function driven() {
    const queue: (WatchEvent | Error)[] = [];
    let wake: () => void = () => undefined;
    let opened = 0;
    let ended = 0;
    const watch = async function* (_query: object, within: Context): AsyncGenerator<WatchEvent> {
      opened += 1;
      within.signal.addEventListener('abort', () => wake(), { once: true });
      try {
        while (!within.signal.aborted) {
          const next = queue.shift();
          if (next instanceof Error) throw next;
          if (next !== undefined) yield next;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        ended += 1;
      }
    };
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return {
      cluster: { watch },
      push: async (event: WatchEvent | Error) => {
        queue.push(event);
        wake();
        await settle();
      },
      settle,
      opened: () => opened,
      ended: () => ended,
    };
  }

  it('opens one watch for many, and tells late subscribers what is known', async () => {
    const { cluster, push, opened, ended, settle } = driven();
    const shared = sharedWatches(cluster, ctx);
    const changes: [number, string][] = [];
    const first = shared.subscribe(query, ({ kind }) => void changes.push([1, kind]));
    await push({ kind: 'synced', items: [object('a', '1')] });
    const second = shared.subscribe({ ...query }, ({ kind }) => void changes.push([2, kind]));
    await push({ kind: 'upsert', object: object('b', '2') });
    await push({ kind: 'delete', object: object('a', '3') });
    expect(changes).toEqual([
      [1, 'synced'],
      [2, 'synced'],
      [1, 'upsert'],
      [2, 'upsert'],
      [1, 'delete'],
      [2, 'delete'],
    ]);
    expect(second.snapshot().map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(first.find({ ...query, name: 'b' })?.metadata['resourceVersion']).toBe('2');
    expect(opened()).toBe(1);
    first.close();
    await settle();
    expect(ended()).toBe(0);
    second.close();
    await settle();
    expect(ended()).toBe(1);
    shared.subscribe(query, () => undefined);
    expect(opened()).toBe(2);
    shared.close();
  });

  it('keeps other selections apart', () => {
    const { cluster, opened } = driven();
    const shared = sharedWatches(cluster, ctx);
    for (const extra of [{}, { namespace: 'n' }, { labelSelector: 'a=b' }, {}])
      shared.subscribe({ ...query, ...extra }, () => undefined);
    expect(opened()).toBe(3);
    shared.close();
  });

  it('tells all when the watch cannot go on, and begins anew for the next', async () => {
    const { cluster, push, opened } = driven();
    const shared = sharedWatches(cluster, ctx);
    const changes: WatchChange[] = [];
    shared.subscribe(query, (change) => void changes.push(change));
    shared.subscribe(query, (change) => void changes.push(change));
    await push(new Error('not served'));
    expect(changes.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    shared.subscribe(query, () => undefined);
    expect(opened()).toBe(2);
    shared.close();
  });
});
