import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HelmSource } from '@cluster-forge/forge/config/platform';
import { mine } from '@cluster-forge/forge/mine/mine';
import { smelt } from '@cluster-forge/forge/smelt/smelt';
import { component, forgeRig, helmSource, platformOf, type ForgeRig } from './rig.ts';
import { helmRepository } from './servers/helm-repository.ts';
import { tools } from './tools.ts';

const charts = fileURLToPath(new URL('smelt-charts', import.meta.url));
let rig: ForgeRig;
beforeEach(async () => {
  rig = await forgeRig(tools);
});
afterEach(() => rig.end());

async function smeltChart(change: Partial<HelmSource> = {}, options: { kubeVersion?: string } = {}) {
  const source = helmSource('harbour/0', { chart: join(charts, 'harbour'), ...change });
  const platform = platformOf(rig.directory, [component('harbour', [source], { namespace: 'sea' })]);
  const mined = await mine(platform, {}, rig.ctx);
  if (!mined.ok) throw new Error(JSON.stringify(mined.failure));
  return smelt(platform, mined.value, { kubeVersion: options.kubeVersion ?? 'v1.36.3' }, rig.ctx);
}

async function rendered(change: Partial<HelmSource> = {}) {
  const result = await smeltChart(change);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  const [only] = result.value;
  if (only === undefined) throw new Error('nothing rendered');
  return { ...only, warnings: result.warnings };
}

describe('a chart with a subchart, CRDs, hooks, a list and notes', () => {
  test('gives every object its phase and namespace', async () => {
    const { objects, withheld, warnings } = await rendered();
    const lines = objects.map(
      ({ manifest: { id }, phase, weight }) => `${phase} ${weight} ${id.kind} ${id.namespace ?? '-'}/${id.name}`,
    );
    expect(lines.sort()).toEqual([
      'main 0 Berth sea/north',
      'main 0 ClusterRole -/harbour:reader',
      'main 0 ConfigMap elsewhere/harbour',
      'main 0 CustomResourceDefinition -/berths.harbour.example',
      'main 0 CustomResourceDefinition -/ports.harbour.example',
      'main 0 Deployment sea/harbour',
      'main 0 Port -/main',
      'main 0 Service sea/harbour-lighthouse',
      'main 0 ServiceAccount sea/harbour',
      'post 7 Job sea/harbour-seed',
      'pre -5 Job sea/harbour-migrate',
    ]);
    expect(withheld.map(({ manifest, reason }) => `${manifest.id.name}: ${reason}`).sort()).toEqual([
      'harbour-farewell: Helm hook for deletion',
      'harbour-test: Helm test hook',
    ]);
    expect(warnings).toEqual([]);
  });

  test('renders the golden working tree', async () => {
    const { objects } = await rendered();
    const texts = objects.map(
      ({ file, manifest }) => `### ${file.slice(rig.directory.length)}\n${manifest.text.trimEnd()}\n`,
    );
    await expect(texts.sort().join('\n')).toMatchFileSnapshot('smelt-charts/harbour.golden.yaml');
    for (const { file, manifest } of objects)
      expect((await readFile(file, 'utf8')).trimEnd()).toBe(manifest.text.trimEnd());
  });

  test('renders the same bytes on an empty store, and does not run helm again on a full one', async () => {
    const first = await rendered();
    const again = await rendered();
    expect([first.cached, again.cached]).toEqual([false, true]);
    expect(again.objects.map(({ manifest }) => manifest.text)).toEqual(
      first.objects.map(({ manifest }) => manifest.text),
    );
    const other = await forgeRig(tools);
    const files = await readdir(join(rig.directory, 'working/harbour'));
    const before = await Promise.all(
      files.map((file) => readFile(join(rig.directory, 'working/harbour', file), 'utf8')),
    );
    await rig.end();
    rig = other;
    await rendered();
    const after = await Promise.all(
      files.map((file) => readFile(join(rig.directory, 'working/harbour', file), 'utf8')),
    );
    expect(after).toEqual(before);
  });

  test('sees values, and renders again when they change', async () => {
    await rendered();
    const { cached, objects } = await rendered({ values: { replicas: 5 } });
    const deployment = objects.find(({ manifest }) => manifest.id.kind === 'Deployment');
    expect(cached).toBe(false);
    expect(deployment?.manifest.object['spec']).toMatchObject({ replicas: 5 });
  });
});

describe('a chart that cannot be rendered', () => {
  interface Case {
    readonly name: string;
    readonly change: Partial<HelmSource>;
    readonly kubeVersion?: string;
    readonly code: string;
    readonly why: RegExp;
    readonly fix: RegExp;
  }
  const cases: readonly Case[] = [
    {
      name: 'values against the schema',
      change: { values: { replicas: 0 } },
      code: 'E_SMELT_VALUES',
      why: /minimum: got 0, want 1/,
      fix: /values that the message names/,
    },
    {
      name: 'a missing value',
      change: { values: { image: '' } },
      code: 'E_SMELT_VALUES',
      why: /image must be set/,
      fix: /set the value/,
    },
    {
      name: 'a Kubernetes version it does not support',
      change: {},
      kubeVersion: 'v1.20.0',
      code: 'E_SMELT_KUBE_VERSION',
      why: />=1.30.0-0/,
      fix: /supports Kubernetes v1.20.0/,
    },
  ];
  test.each(cases)('$name', async ({ change, kubeVersion, code, why, fix }) => {
    const result = await smeltChart(change, kubeVersion === undefined ? {} : { kubeVersion });
    if (result.ok) throw new Error('it rendered');
    expect(result.failure).toMatchObject([{ code, where: { file: 'platform.yaml', line: 7 } }]);
    expect(result.failure[0]?.what).toMatch(/component harbour .*chart/);
    expect(result.failure[0]?.why).toMatch(why);
    expect(result.failure[0]?.fix).toMatch(fix);
    await expect(readdir(join(rig.directory, 'working'))).rejects.toThrow('ENOENT');
  });

  test('names the template and line', async () => {
    const result = await smeltChart({ values: { image: '' } });
    expect(result).toMatchObject({
      failure: [{ what: expect.stringContaining('harbour/templates/deployment.yaml:15') }],
    });
  });

  test('a local chart without its subcharts says how to get them', async () => {
    const chart = join(rig.directory, 'harbour');
    await cp(join(charts, 'harbour'), chart, { recursive: true });
    await rm(join(chart, 'charts'), { recursive: true });
    expect(await smeltChart({ chart })).toMatchObject({
      failure: [{ code: 'E_SMELT_DEPENDENCIES', fix: expect.stringContaining('helm dependency build') }],
    });
  });

  test('printed text that is no object names its template', async () => {
    const chart = join(rig.directory, 'harbour');
    await cp(join(charts, 'harbour'), chart, { recursive: true });
    await writeFile(
      join(chart, 'templates/broken.yaml'),
      'kind: ConfigMap\napiVersion: v1\nmetadata: {labels: {a: b}}\n',
    );
    const result = await smeltChart({ chart });
    expect(result).toMatchObject({
      failure: [{ code: 'E_MANIFEST_YAML', why: expect.stringContaining('harbour/templates/broken.yaml') }],
    });
  });
});

test('a chart archive from a repository is rendered from the store', async () => {
  const server = await helmRepository([{ name: 'harbour', version: '1.2.0' }]);
  try {
    const { objects } = await rendered({
      chart: 'harbour',
      repository: server.origin,
      version: '^1',
      values: { greeting: 'ahoy' },
    });
    expect(objects[0]?.manifest.object).toMatchObject({ kind: 'ConfigMap', data: { greeting: 'ahoy' } });
  } finally {
    await server.close();
  }
});
