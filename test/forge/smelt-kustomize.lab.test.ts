import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gitRig } from '@cluster-forge/base/git/git-rig';
import type { Source } from '@cluster-forge/forge/config/platform';
import { mine, type MineOptions } from '@cluster-forge/forge/mine/mine';
import { smelt } from '@cluster-forge/forge/smelt/smelt';
import { component, forgeRig, platformOf, where, type ForgeRig } from './rig.ts';
import { tools } from './tools.ts';

let rig: ForgeRig;
beforeEach(async () => {
  rig = await forgeRig(tools);
});
afterEach(() => rig.end());

const base = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: "1"}\n',
  'overlay/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\nlabels: [{pairs: {tier: prod}}]\n',
};

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(rig.directory, name)), { recursive: true });
    await writeFile(join(rig.directory, name), text);
  }
}

async function run(source: Source, options: MineOptions = {}) {
  const platform = platformOf(rig.directory, [component('web', [source])]);
  const mined = await mine(platform, options, rig.ctx);
  if (!mined.ok) return mined;
  return smelt(platform, mined.value, { kubeVersion: 'v1.36.3' }, rig.ctx);
}

async function objects(source: Source, options: MineOptions = {}) {
  const result = await run(source, options);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value.flatMap((one) =>
    one.objects.map(({ manifest }) => ({ cached: one.cached, object: manifest.object })),
  );
}

const overlay = (): Source => ({ kind: 'kustomize', id: 'web/0', directory: join(rig.directory, 'overlay'), where });

describe('a kustomization', () => {
  test('is built by kustomize, and again when a base outside of it changes', async () => {
    await write(base);
    const metadata = { name: 'prod-web', namespace: 'web', labels: { tier: 'prod' } };
    expect(await objects(overlay())).toMatchObject([{ cached: false, object: { metadata, data: { a: '1' } } }]);
    expect(await objects(overlay())).toMatchObject([{ cached: true }]);
    await write({ 'base/web.yaml': base['base/web.yaml'].replace('"1"', '"2"') });
    expect(await objects(overlay())).toMatchObject([{ cached: false, object: { data: { a: '2' } } }]);
  });

  test('in git is built from its directory at the commit', async () => {
    const git = await gitRig();
    try {
      await git.write(base);
      const commit = await git.commit('one');
      const source: Source = { kind: 'kustomize', id: 'web/0', git: { url: git.url, commit, path: 'overlay' }, where };
      const options = { git: { allowPrivate: true, allowInsecure: true } };
      expect(await objects(source, options)).toMatchObject([{ object: { metadata: { name: 'prod-web' } } }]);
    } finally {
      await git.close();
    }
  });

  test('in git may not use directories of this computer', async () => {
    const git = await gitRig();
    try {
      await write({ 'secret/kustomization.yaml': 'resources: []\n' });
      await git.write({ 'kustomization.yaml': `resources: ['../../../secret']\n` });
      const commit = await git.commit('one');
      const source: Source = { kind: 'kustomize', id: 'web/0', git: { url: git.url, commit, path: '' }, where };
      const result = await run(source, { git: { allowPrivate: true, allowInsecure: true } });
      expect(result).toMatchObject({
        failure: [{ code: 'E_SMELT_KUSTOMIZE', what: expect.stringContaining('secret') }],
      });
    } finally {
      await git.close();
    }
  });

  test.each([
    ['a remote file', 'resources: ["https://raw.example.invalid/x.yaml"]\n', 'E_SMELT_REMOTE'],
    ['a remote repository', 'resources: ["github.com/acme/x//deploy?ref=main"]\n', 'E_SMELT_REMOTE'],
    ['a missing file', 'resources: [missing.yaml]\n', 'E_SMELT_KUSTOMIZE'],
    ['a file outside', 'configMapGenerator: [{name: a, files: [/etc/hostname]}]\n', 'E_SMELT_KUSTOMIZE'],
    ['a chart', 'helmCharts: [{name: a, repo: "https://x.invalid"}]\n', 'E_SMELT_KUSTOMIZE'],
  ])('that wants %s is refused', async (_name, text, code) => {
    await write({ 'overlay/kustomization.yaml': text });
    expect(await run(overlay())).toMatchObject({ failure: [{ code, where, fix: expect.any(String) }] });
  });
});
