import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gitRig } from '@cluster-forge/base/git/git-rig';
import type { Source } from '@cluster-forge/forge/config/platform';
import { harbour, mineRig, offline, service, sha256 } from './mine-rig.ts';
import { helmSource, manifestSource, where } from './rig.ts';
import { chartArchive } from './servers/chart-archive.ts';
import { helmRepository } from './servers/helm-repository.ts';
import { ociRegistry } from './servers/oci-registry.ts';
import { serveFiles, type TestServer } from './servers/serve.ts';

const { rig, started, mined, problems, lockText, emptyStore } = mineRig();

describe('a Helm repository over HTTP', () => {
  test('a range resolves to the highest version, locked with address and digest', async () => {
    const server = await started(
      helmRepository([
        { name: 'harbour', version: '1.2.0' },
        { name: 'harbour', version: '1.9.1' },
        { name: 'harbour', version: '2.0.0-rc.1' },
        { name: 'harbour-extra', version: '9.9.9' },
      ]),
    );
    const { lock, trees } = await mined([harbour(server, '>=1.0.0, <3')]);
    const archive = await chartArchive('harbour', '1.9.1');
    expect(lock.sources).toEqual([
      {
        id: 'harbour/0',
        kind: 'helm',
        request: { chart: 'harbour', repository: server.origin, version: '>=1.0.0, <3' },
        resolved: `${server.origin}/charts/harbour-1.9.1.tgz`,
        version: '1.9.1',
        digest: `sha256:${sha256(archive)}`,
        sizeBytes: archive.byteLength,
      },
    ]);
    expect(await readFile(trees.get('harbour/0')?.path ?? '')).toEqual(Buffer.from(archive));
  });

  test('a second run touches no network, and a new version upstream changes nothing', async () => {
    const server = await started(helmRepository([{ name: 'harbour', version: '1.2.0' }]));
    const first = await mined([harbour(server, '^1')]);
    const before = await lockText();
    const second = await mined([harbour(server, '^1')], { locked: true }, rig().with({ fetch: offline }));
    expect(second).toEqual(first);
    expect(await lockText()).toBe(before);
    expect(rig().events).toContainEqual(expect.objectContaining({ id: 'mine/harbour/0', state: 'cached' }));
  });

  test('an empty store is filled with exactly the locked bytes, without the index', async () => {
    const server = await started(helmRepository([{ name: 'harbour', version: '1.2.0' }]));
    await mined([harbour(server, '^1')]);
    await emptyStore();
    await mined([harbour(server, '^1')], { locked: true });
    expect(server.requests).toEqual([
      'GET /index.yaml',
      'GET /charts/harbour-1.2.0.tgz',
      'GET /charts/harbour-1.2.0.tgz',
    ]);
  });

  test('bytes that changed under a locked address are refused', async () => {
    const files: Record<string, Uint8Array | string> = { '/a.yaml': service };
    const server = await started(serveFiles(files));
    await mined([manifestSource('a/0', { url: `${server.origin}/a.yaml` })]);
    await emptyStore();
    files['/a.yaml'] = service.replace('web', 'evil');
    const before = await lockText();
    expect(await problems([manifestSource('a/0', { url: `${server.origin}/a.yaml` })])).toMatchObject([
      { code: 'E_MINE_CHANGED', where },
    ]);
    expect(await lockText()).toBe(before);
  });

  test('only the source whose request changed is resolved again', async () => {
    const server = await started(
      helmRepository([
        { name: 'harbour', version: '1.2.0' },
        { name: 'harbour', version: '1.3.0' },
        { name: 'quay', version: '1.0.0' },
      ]),
    );
    const quay = helmSource('quay/0', { chart: 'quay', repository: server.origin, version: '1.0.0' });
    await mined([harbour(server, '1.2.0'), quay]);
    const seen = server.requests.length;
    const { lock } = await mined([harbour(server, '1.3.0'), quay]);
    expect(lock.sources.map(({ version }) => version)).toEqual(['1.3.0', '1.0.0']);
    expect(server.requests.slice(seen)).toEqual(['GET /index.yaml', 'GET /charts/harbour-1.3.0.tgz']);
    await mined([harbour(server, '1.3.0'), quay], { update: ['quay'] });
    expect(server.requests.slice(seen + 2)).toEqual(['GET /index.yaml']);
  });

  test('--locked lists every source that is not locked, and fetches nothing', async () => {
    const server = await started(helmRepository([{ name: 'harbour', version: '1.2.0' }]));
    await mined([harbour(server, '1.2.0')]);
    const sources = [harbour(server, '1.2.1'), manifestSource('a/0', { url: `${server.origin}/a.yaml` })];
    const found = await problems(sources, { locked: true }, rig().with({ fetch: offline }));
    expect(found.map(({ code, what }) => `${code} ${what}`)).toEqual([
      'E_MINE_UNLOCKED source harbour/0 is not locked',
      'E_MINE_UNLOCKED source a/0 is not locked',
    ]);
  });

  test('what was fetched before another source failed is not fetched again', async () => {
    const server = await started(helmRepository([{ name: 'harbour', version: '1.2.0' }]));
    const broken = manifestSource('a/0', { url: `${server.origin}/missing.yaml` });
    expect(await problems([harbour(server, '1.2.0'), broken])).toHaveLength(1);
    await expect(lockText()).rejects.toThrow('ENOENT');
    await mined([harbour(server, '1.2.0')]);
    expect(server.requests.filter((request) => request.endsWith('.tgz'))).toHaveLength(1);
  });
});

describe('an OCI registry with token authentication', () => {
  const charts = async () => ({
    'charts/harbour': {
      '1.2.0': await chartArchive('harbour', '1.2.0'),
      '1.10.0_build.1': await chartArchive('harbour', '1.10.0+build.1'),
      '2.0.0': await chartArchive('harbour', '2.0.0'),
      latest: await chartArchive('harbour', '2.0.0'),
    },
  });
  const oci = (server: TestServer, version: string) =>
    helmSource('harbour/0', { chart: `oci://${server.origin.slice('http://'.length)}/charts/harbour`, version });

  test('an exact version needs no list of tags', async () => {
    const server = await started(ociRegistry({ charts: await charts() }));
    const { lock } = await mined([oci(server, '1.2.0')]);
    expect(lock.sources[0]).toMatchObject({
      version: '1.2.0',
      digest: `sha256:${sha256(await chartArchive('harbour', '1.2.0'))}`,
    });
    expect(lock.sources[0]?.resolved).toMatch(/^oci:\/\/127.*\/charts\/harbour:1\.2\.0@sha256:[0-9a-f]{64}$/);
    expect(server.requests.some((request) => request.includes('tags'))).toBe(false);
  });

  test('a range is chosen among all pages of tags; build metadata survives the tag', async () => {
    const server = await started(ociRegistry({ charts: await charts(), pageSize: 1 }));
    const { lock } = await mined([oci(server, '^1')]);
    expect(lock.sources[0]?.version).toBe('1.10.0+build.1');
    expect((await mined([oci(server, '>1')])).lock.sources[0]?.version).toBe('2.0.0');
  });

  test('a second run touches no network; an empty store is filled from the pinned layer', async () => {
    const server = await started(ociRegistry({ charts: await charts() }));
    const first = await mined([oci(server, '^1')]);
    expect(await mined([oci(server, '^1')], { locked: true }, rig().with({ fetch: offline }))).toEqual(first);
    await emptyStore();
    const seen = server.requests.length;
    await mined([oci(server, '^1')], { locked: true });
    expect(server.requests.slice(seen).some((request) => request.includes('manifests'))).toBe(false);
  });

  test('credentials come from the Docker configuration and go to the token server only', async () => {
    const user = { name: 'anna', password: 'canary:1' };
    const server = await started(ociRegistry({ charts: await charts(), user }));
    const [refusal] = await problems([oci(server, '1.2.0')]);
    expect(refusal).toMatchObject({ code: 'E_MINE_REGISTRY', where });
    const auth = Buffer.from(`${user.name}:${user.password}`).toString('base64');
    const config = { auths: { [server.origin.slice('http://'.length)]: { auth } } };
    await writeFile(join(rig().directory, 'config.json'), JSON.stringify(config));
    await mined([oci(server, '1.2.0')]);
    expect(await lockText()).not.toContain('canary');
    expect(JSON.stringify(rig().events)).not.toContain('canary');
  });

  test.each([
    ['a version that does not exist', { version: '1.2.1' }, {}, 'E_MINE_VERSION', /use one of .*1\.2\.0/],
    ['an image that is no chart', { version: '1.2.0' }, { layerType: 'x' }, 'E_MINE_REGISTRY', /helm show chart/],
    ['a blob that was changed', { version: '1.2.0' }, { tamper: true }, 'E_FETCH_CHECKSUM', /./],
  ] as const)('%s is refused', async (...[, { version }, options, code, fix]) => {
    const server = await started(ociRegistry({ charts: await charts(), ...options }));
    const [found] = await problems([oci(server, version)]);
    expect(found).toMatchObject({ code, fix: expect.stringMatching(fix) });
  });
});

describe('manifests, files and templates', () => {
  test('a manifest may be compressed, and its checksum is that of the published bytes', async () => {
    const bytes = gzipSync(service);
    const server = await started(serveFiles({ '/web.yaml.gz': bytes }));
    const source = manifestSource('web/0', { url: `${server.origin}/web.yaml.gz`, sha256: sha256(bytes) });
    const { lock } = await mined([source]);
    expect(lock.sources[0]).toMatchObject({
      digest: `sha256:${sha256(bytes)}`,
      resolved: `${server.origin}/web.yaml.gz`,
    });
  });

  test('local files are locked by content: a change is taken over, and refused with --locked', async () => {
    await mkdir(join(rig().directory, 'templates'));
    await writeFile(join(rig().directory, 'templates/a.yaml'), service);
    const sources: readonly Source[] = [
      { kind: 'template', id: 'a/0', directory: join(rig().directory, 'templates'), where },
      { kind: 'files', id: 'b/0', directory: join(rig().directory, 'templates'), include: ['*.yaml'], where },
    ];
    const first = await mined(sources);
    await mined(sources, { locked: true });
    await writeFile(join(rig().directory, 'templates/a.yaml'), `${service}# changed\n`);
    const found = await problems(sources, { locked: true });
    expect(found.map(({ code }) => code)).toEqual(['E_MINE_CHANGED', 'E_MINE_CHANGED']);
    const second = await mined(sources);
    expect(second.lock.sources[0]?.digest).not.toBe(first.lock.sources[0]?.digest);
    await mined(sources, { locked: true });
  });

  test('the lock is the same whatever the order of components', async () => {
    await writeFile(join(rig().directory, 'a.yaml'), service);
    const one = manifestSource('one/0', { file: join(rig().directory, 'a.yaml') });
    const two = manifestSource('two/0', { file: join(rig().directory, 'a.yaml') });
    await mined([one, two]);
    const text = await lockText();
    await mined([two, one]);
    expect(await lockText()).toBe(text);
  });
});

describe('a kustomization in git', () => {
  test('is exported at its commit and needs no network again', async () => {
    const git = await started(gitRig());
    await git.write({ 'base/kustomization.yaml': 'resources: [web.yaml]\n', 'base/web.yaml': service });
    const commit = await git.commit('one');
    const tools = { resolve: async () => ({ path: git.program, version: '2' }) };
    const source: Source = { kind: 'kustomize', id: 'web/0', git: { url: git.url, commit, path: 'base' }, where };
    const access = { git: { allowPrivate: true, allowInsecure: true } };
    const first = await mined([source], access, rig().with({ tools }));
    expect(first.trees.get('web/0')).toMatchObject({ form: 'directory' });
    expect(await readFile(join(first.trees.get('web/0')?.path ?? '', 'base/web.yaml'), 'utf8')).toBe(service);
    const seen = git.requests.length;
    expect(await mined([source], { locked: true }, rig().with({ tools }))).toEqual(first);
    await writeFile(join(first.trees.get('web/0')?.path ?? '', 'base/web.yaml'), 'tampered');
    await mined([source], { locked: true, ...access }, rig().with({ tools }));
    expect(await readFile(join(first.trees.get('web/0')?.path ?? '', 'base/web.yaml'), 'utf8')).toBe(service);
    await writeFile(join(first.trees.get('web/0')?.path ?? '', 'base/web.yaml'), 'tampered');
    const resolved = await mined([source], { update: true, ...access }, rig().with({ tools }));
    expect(resolved.lock).toEqual(first.lock);
    expect(git.requests).toHaveLength(seen);
  });

  test('a branch is refused, with the way to its commit', async () => {
    const git = { url: 'https://git.example/x.git', commit: 'main', path: '' };
    expect(await problems([{ kind: 'kustomize', id: 'web/0', git, where }])).toMatchObject([
      { code: 'E_MINE_GIT', where, fix: expect.stringContaining('git ls-remote https://git.example/x.git main') },
    ]);
  });
});
