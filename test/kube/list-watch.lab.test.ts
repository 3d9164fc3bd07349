import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect, manifestOf, type Cluster, type KubeObject, type WatchEvent } from '@cluster-forge/kube';
import { isNewer } from '@cluster-forge/kube/cluster/list-watch';
import { testContext } from '../rig/context.ts';
import { startFaultProxy, type Fault, type FaultProxy, type Seen } from './fault-proxy.ts';
import { seededRandom, testNamespace } from './namespace.ts';

const tuning = {
  requestTimeoutMs: 500,
  retry: { tries: 4, firstDelayMs: 5, maxDelayMs: 50 },
  watch: { timeoutSeconds: 1, idleMs: 600, staleAfterMs: 60_000, firstDelayMs: 5, maxDelayMs: 100 },
};

let direct: Cluster;
let through: Cluster;
let proxy: FaultProxy;
let namespace: Awaited<ReturnType<typeof testNamespace>>;
const ctx = testContext();

beforeAll(async () => {
  direct = await connect({ kubeconfig: inject('kubeconfig') }, ctx);
  namespace = await testNamespace(direct, ctx);
  proxy = await startFaultProxy(inject('kubeconfig'));
  through = await connect({ kubeconfig: proxy.kubeconfig, tuning }, ctx);
});

afterAll(async () => {
  await through.close();
  await proxy.close();
  await namespace.remove();
  await direct.close();
});

const query = () => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: namespace.name, labelSelector: 'watched=yes' });

function versionOf({ resourceVersion }: KubeObject['metadata']): string {
  return typeof resourceVersion === 'string' ? resourceVersion : '';
}

/** The state as a watcher knows it, with what must never happen recorded. */
class Cache {
  readonly objects = new Map<string, string>();
  readonly seen: Record<string, number> = {};
  readonly violations: string[] = [];
  readonly #newest = new Map<string, string>();
  #changed: () => void = () => undefined;

  take(event: WatchEvent): void {
    this.seen[event.kind] = (this.seen[event.kind] ?? 0) + 1;
    if (event.kind === 'synced') {
      this.objects.clear();
      for (const object of event.items) this.#put(object);
    } else if (event.kind === 'upsert') this.#put(event.object);
    else if (event.kind === 'delete') this.objects.delete(event.object.metadata.name);
    this.#changed();
  }

  #put({ metadata }: KubeObject): void {
    const version = versionOf(metadata);
    const newest = this.#newest.get(metadata.name) ?? '';
    if (newest !== '' && newest !== version && !isNewer(version, newest))
      this.violations.push(`${metadata.name}: ${newest} then ${version}`);
    this.#newest.set(metadata.name, version);
    this.objects.set(metadata.name, version);
  }

  /** Resolves when the cache equals the map; the test's own timeout is the limit. */
  async becomes(wanted: ReadonlyMap<string, string>): Promise<void> {
    const isEqual = () =>
      wanted.size === this.objects.size && [...wanted].every(([name, version]) => this.objects.get(name) === version);
    while (!isEqual()) await new Promise<void>((resolve) => (this.#changed = resolve));
  }
}

async function serverState(): Promise<ReadonlyMap<string, string>> {
  const { items } = await direct.list(query(), ctx);
  return new Map(items.map(({ metadata }) => [metadata.name, versionOf(metadata)]));
}

/** One random change: a new or changed object, one that enters or leaves the selection, or a deletion. */
async function change(random: () => number, count: number): Promise<void> {
  const name = `c${Math.floor(random() * 25)}`;
  const id = { apiVersion: 'v1', kind: 'ConfigMap', namespace: namespace.name, name };
  if (random() < 0.25) return void (await direct.delete(id, {}, ctx));
  const watched = random() < 0.85 ? 'yes' : 'no';
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: namespace.name, labels: { watched } },
    data: { count: `${count} 😀` },
  };
  await direct.apply(manifestOf(object), { force: true }, ctx);
}

function playedCount(): number {
  return [...proxy.played.values()].reduce((sum, count) => sum + count, 0);
}

function watchInto(cache: Cache) {
  const stop = new AbortController();
  const ended = (async () => {
    for await (const event of through.watch(query(), { ...ctx, signal: stop.signal })) cache.take(event);
  })();
  return async () => {
    stop.abort();
    await ended;
  };
}

describe('list-watch', () => {
  it.each([11, 22, 33])('equals the server after hundreds of changes and faults (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const bytes = () => Math.floor(random() * 3000);
    const faults: readonly (() => Fault)[] = [
      () => ({ kind: 'cut', afterBytes: bytes() }),
      () => ({ kind: 'stall', afterBytes: bytes() }),
      () => ({ kind: 'gone-event', afterBytes: bytes() }),
      () => ({
        kind: 'answer',
        status: 410,
        body: '{"kind":"Status","code":410,"reason":"Expired","message":"too old"}',
      }),
      () => ({ kind: 'answer', status: 429, headers: { 'retry-after': '0' } }),
      () => ({ kind: 'answer', status: 500, body: 'broken' }),
      () => ({ kind: 'reset' }),
      () => ({ kind: 'truncate' }),
      () => ({ kind: 'duplicate' }),
      () => ({ kind: 'drip' }),
    ];
    proxy.decide(({ method, path }: Seen) => {
      const isOurs = method === 'GET' && path.includes('/configmaps');
      return isOurs && random() < 0.6 ? faults[Math.floor(random() * faults.length)]?.() : undefined;
    });
    const cache = new Cache();
    const stop = watchInto(cache);
    const before = playedCount();
    // Changes go on until enough has gone wrong, however long a stall takes.
    for (let count = 0; count < 400 || playedCount() - before < 12; count += 1) await change(random, count);
    proxy.decide(() => undefined);
    await cache.becomes(await serverState());
    await stop();
    expect(cache.violations).toEqual([]);
    expect(cache.objects.size).toBeGreaterThan(0);
  });

  it('goes on after a cut without listing again', async () => {
    proxy.decide(() => undefined);
    const cache = new Cache();
    const stop = watchInto(cache);
    await change(() => 0.3, 0);
    await cache.becomes(await serverState());
    const lists = through.requests().byVerb['list'];
    let cuts = 3;
    proxy.decide(({ isWatch }) => (isWatch && cuts-- > 0 ? { kind: 'cut', afterBytes: 10 } : undefined));
    for (let count = 0; count < 20; count += 1) await change(() => 0.5, count);
    await cache.becomes(await serverState());
    await stop();
    expect(through.requests().byVerb['list']).toBe(lists);
    expect(cache.seen['synced']).toBe(1);
  });

  it('tells stale when nothing answers, and recovers', async () => {
    const impatient = await connect(
      { kubeconfig: proxy.kubeconfig, tuning: { ...tuning, watch: { ...tuning.watch, staleAfterMs: 300 } } },
      ctx,
    );
    proxy.decide(() => undefined);
    const stop = new AbortController();
    const kinds: string[] = [];
    for await (const event of impatient.watch(query(), { ...ctx, signal: stop.signal })) {
      kinds.push(event.kind);
      if (event.kind === 'synced' && kinds.includes('stale')) stop.abort();
      else if (event.kind === 'synced')
        proxy.decide(({ isWatch }) => (isWatch ? { kind: 'stall', afterBytes: 0 } : undefined));
      else if (event.kind === 'stale')
        proxy.decide(({ isWatch }) => (isWatch ? { kind: 'gone-event', afterBytes: 0 } : undefined));
      await change(() => 0.5, kinds.length);
    }
    await impatient.close();
    expect(kinds).toContain('stale');
    expect(kinds.at(-1)).toBe('synced');
  });

  it('ends with an error when waiting cannot help', async () => {
    const first = through.watch({ apiVersion: 'nobody.example/v1', kind: 'Nothing' }, ctx)[Symbol.asyncIterator]();
    await expect(first.next()).rejects.toMatchObject({ code: 'E_API_KIND' });
  });
});
