import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Context } from '@cluster-forge/base';
import { connect, manifestOf, readManifests, type Cluster, type Manifest } from '@cluster-forge/kube';
import { testContext } from '../rig/context.ts';
import { startFaultProxy, type Fault, type FaultProxy } from './fault-proxy.ts';
import { testNamespace } from './namespace.ts';

let direct: Cluster;
let through: Cluster;
let proxy: FaultProxy;
let namespace: Awaited<ReturnType<typeof testNamespace>>;
let slept: number[] = [];
const real = testContext();
/** Waits are recorded and cut short. */
const ctx: Context = {
  ...real,
  clock: { now: () => real.clock.now(), sleep: (ms) => Promise.resolve(void slept.push(ms)) },
};

beforeAll(async () => {
  direct = await connect({ kubeconfig: inject('kubeconfig') }, real);
  namespace = await testNamespace(direct, real);
  proxy = await startFaultProxy(inject('kubeconfig'));
  through = await connect({ kubeconfig: proxy.kubeconfig, tuning: { requestTimeoutMs: 500, random: () => 0.5 } }, real);
});

afterAll(async () => {
  await through.close();
  await proxy.close();
  await namespace.remove();
  await direct.close();
});

beforeEach(() => {
  slept = [];
  proxy.decide(() => undefined);
});

/** The first requests of a method meet these faults, in order. */
function play(method: string, ...faults: readonly Fault[]): void {
  const left = [...faults];
  proxy.decide((seen) => (seen.method === method ? left.shift() : undefined));
}

function configMap(name: string, data: Readonly<Record<string, string>> = {}): Manifest {
  return manifestOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: namespace.name }, data });
}

const idOf = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: namespace.name, name });

const faults: readonly (readonly [string, Fault])[] = [
  ['a reset', { kind: 'reset' }],
  ['an answer that is lost', { kind: 'lose-answer' }],
  ['an answer cut short', { kind: 'truncate' }],
  ['an answer that stalls', { kind: 'stall', afterBytes: 20 }],
  ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }],
  ['500', { kind: 'answer', status: 500, body: 'panic' }],
  ['503', { kind: 'answer', status: 503, body: '' }],
  ['a slow drip', { kind: 'drip' }],
];

describe('a connected cluster', () => {
  it.each(faults)('applies once through %s', async (name, fault) => {
    const manifest = configMap(`apply-${name.replaceAll(' ', '-')}`, { a: '1' });
    play('PATCH', fault, fault);
    const { object } = await through.apply(manifest, {}, ctx);
    expect(object['data']).toEqual({ a: '1' });
    expect((await direct.get(manifest.id, real))?.metadata['resourceVersion']).toBe(object.metadata['resourceVersion']);
  });

  it.each(faults)('creates once through %s', async (name, fault) => {
    const { object } = configMap(`create-${name.replaceAll(' ', '-')}`, { secret: 'ours' });
    play('POST', fault);
    expect(await through.create(object, ctx)).toBe(true);
    play('POST', fault);
    expect(await through.create({ ...object, data: { secret: 'theirs' } }, ctx)).toBe(false);
    expect((await direct.get(idOf(object.metadata.name), real))?.['data']).toEqual({ secret: 'ours' });
  });

  it.each(faults)('deletes the very object through %s', async (name, fault) => {
    const { object } = await direct.apply(configMap(`delete-${name.replaceAll(' ', '-')}`), {}, real);
    const uid = String(fieldOf(object.metadata, 'uid'));
    expect(await through.delete(idOf(object.metadata.name), { uid: 'another' }, ctx)).toBe(false);
    play('DELETE', fault);
    await through.delete(idOf(object.metadata.name), { uid }, ctx);
    expect(await direct.get(idOf(object.metadata.name), real)).toBeUndefined();
    expect(await through.delete(idOf(object.metadata.name), { uid }, ctx)).toBe(false);
  });

  it('waits as long as the server asks', async () => {
    play('GET', { kind: 'answer', status: 429, headers: { 'retry-after': '7' } }, { kind: 'answer', status: 429 });
    await through.get(idOf('none'), ctx);
    expect(slept).toEqual([7000, 150]);
  });

  it('gives up with a name for the trouble', async () => {
    proxy.decide(({ method }) => (method === 'PATCH' ? { kind: 'reset' } : undefined));
    await expect(through.apply(configMap('never'), {}, ctx)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
    expect(slept).toHaveLength(5);
    proxy.decide(({ method }) => (method === 'PATCH' ? { kind: 'answer', status: 429 } : undefined));
    await expect(through.apply(configMap('never'), {}, ctx)).rejects.toMatchObject({ code: 'E_API_BUSY' });
  });

  it('tells created, configured and unchanged, and counts only what can change the cluster', async () => {
    const before = through.requests().mutating;
    const changes: string[] = [];
    for (const data of [{ a: '1' }, { a: '1' }, { a: '2' }]) {
      changes.push((await through.apply(configMap('changes', data), { dryRun: true }, ctx)).change);
      changes.push((await through.apply(configMap('changes', data), {}, ctx)).change);
    }
    expect(changes).toEqual(['created', 'created', 'unchanged', 'unchanged', 'configured', 'configured']);
    expect(through.requests().mutating - before).toBe(3);
  });

  it('puts namespace, labels and annotations into the text as it goes', async () => {
    const [manifest] = readManifests(
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: labelled # kept\ndata:\n  mode: 0755x\n',
      'x',
    );
    if (manifest === undefined) throw new Error('no manifest');
    const options = { namespace: namespace.name, labels: { part: 'on' }, annotations: { note: '{"a": 1}' } };
    const { object } = await through.apply(manifest, options, ctx);
    expect(object.metadata).toMatchObject({
      namespace: namespace.name,
      labels: { part: 'on' },
      annotations: { note: '{"a": 1}' },
    });
  });

  it('names each manager and path of a conflict, and takes over when forced', async () => {
    await through.apply(configMap('owned', { a: '1', b: '1', c: '1' }), {}, ctx);
    await direct.patch(idOf('owned'), { data: { x: '1' } }, {}, real);
    const other = await connect({ kubeconfig: inject('kubeconfig'), fieldManager: 'intruder' }, real);
    await expect(other.apply(configMap('owned', { a: '2', b: '2', c: '1' }), {}, real)).rejects.toMatchObject({
      code: 'E_APPLY_CONFLICT',
      problem: { what: expect.stringMatching(/"cluster-forge".* owns \.data\.a, \.data\.b$/) },
    });
    const { object } = await other.apply(configMap('owned', { a: '2' }), { force: true }, real);
    expect(object['data']).toMatchObject({ a: '2', b: '1' });
    await other.close();
  });

  it.each([
    [
      'a kind nobody serves',
      { apiVersion: 'x.example/v1', kind: 'Nothing', metadata: { name: 'a' } },
      'E_API_KIND',
      /does not serve Nothing in x.example\/v1/,
    ],
    [
      'a namespace that is not there',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'nowhere' } },
      'E_API_NOT_FOUND',
      /namespaces "nowhere" not found/,
    ],
    [
      'a field of the wrong type',
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 'x' } },
      'E_API_INVALID',
      /\.spec\.replicas: expected numeric/,
    ],
    [
      'a missing field',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 0 }] } },
      'E_API_INVALID',
      /spec\.ports\[0\]\.port/,
    ],
  ])('explains %s without trying again', async (_name, object, code, what) => {
    await expect(through.apply(manifestOf(object), { namespace: namespace.name }, ctx)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(what),
    });
    expect(slept).toEqual([]);
  });

  it('refuses unknown fields when strict, and passes on the warning otherwise', async () => {
    const manifest = manifestOf({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'typo', namespace: namespace.name },
      dataa: { a: '1' },
    });
    const { warnings } = await through
      .apply(manifest, { dryRun: true, force: true }, ctx)
      .catch(() => ({ warnings: ['refused'] }));
    expect(warnings).toEqual([expect.stringMatching(/dataa|refused/)]);
    await expect(through.apply(manifest, { fieldValidation: 'Strict' }, ctx)).rejects.toMatchObject({
      code: 'E_API_INVALID',
    });
  });

  it('lists all pages, and begins anew when the server has forgotten the continuation', async () => {
    const names = Array.from({ length: 620 }, (_, index) => `page-${String(index).padStart(3, '0')}`);
    await Promise.all(
      names.map((name) =>
        direct.apply(
          manifestOf({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name, namespace: namespace.name, labels: { paged: 'y' } },
          }),
          {},
          real,
        ),
      ),
    );
    let forgotten = 0;
    const gone = { kind: 'answer', status: 410, body: '{"kind":"Status","code":410,"reason":"Expired"}' } as const;
    proxy.decide(({ path }) => (path.includes('continue=') && forgotten++ === 0 ? gone : undefined));
    const { items } = await through.list(
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: namespace.name, labelSelector: 'paged=y' },
      ctx,
    );
    expect(items.map(({ metadata }) => metadata.name).toSorted()).toEqual(names);
    expect(items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(forgotten).toBe(2);
  });

  it('finds a kind as soon as its CRD is served', async () => {
    const group = `g${namespace.name.slice(-8)}.example.com`;
    expect(await through.kind(`${group}/v1`, 'Thing', ctx)).toBeUndefined();
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const crd = manifestOf({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `things.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
      },
    });
    await direct.apply(crd, {}, real);
    let served;
    while (served === undefined) served = await through.kind(`${group}/v1`, 'Thing', ctx);
    expect(served).toMatchObject({ resource: 'things', namespaced: true, hasStatus: true });
    await direct.delete(crd.id, {}, real);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    proxy.decide(({ method }) => (method === 'PATCH' ? { kind: 'stall', afterBytes: 0 } : undefined));
    const applying = through.apply(configMap('aborted'), {}, { ...real, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(applying).rejects.toThrow('enough');
  });
});

function fieldOf(value: object, key: string): unknown {
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
