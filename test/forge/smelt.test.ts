import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { array, assert, asyncProperty, constantFrom, record, uniqueArray } from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isObject } from '@cluster-forge/base';
import type { Component, Source } from '@cluster-forge/forge/config/platform';
import { mine } from '@cluster-forge/forge/mine/mine';
import { smelt, type SmeltOptions } from '@cluster-forge/forge/smelt/smelt';
import { readGoYaml } from '@cluster-forge/kube/manifest/go-yaml';
import { component, forgeRig, manifestSource, platformOf, where, type ForgeRig } from './rig.ts';

let rig: ForgeRig;
beforeEach(async () => {
  rig = await forgeRig();
});
afterEach(() => rig.end());

const files = async (entries: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(entries)) {
    await mkdir(dirname(join(rig.directory, name)), { recursive: true });
    await writeFile(join(rig.directory, name), text);
  }
};

async function run(components: readonly Component[], options: Partial<SmeltOptions> = {}) {
  const platform = platformOf(rig.directory, components, { params: { size: 'small', ports: [80, 443] } });
  const mined = await mine(platform, {}, rig.ctx);
  if (!mined.ok) throw new Error(JSON.stringify(mined.failure));
  return smelt(platform, mined.value, { kubeVersion: 'v1.36.3', ...options }, rig.ctx);
}

async function rendered(components: readonly Component[], options: Partial<SmeltOptions> = {}) {
  const result = await run(components, options);
  if (!result.ok) throw new Error(JSON.stringify(result.failure, null, 1));
  return { all: result.value, warnings: result.warnings };
}

async function problems(components: readonly Component[]) {
  const result = await run(components);
  if (result.ok) throw new Error('it rendered');
  return result.failure;
}

const local = (id: string, name: string): Source => manifestSource(id, { file: join(rig.directory, name) });
const template = (id: string, name: string): Source => ({
  kind: 'template',
  id,
  directory: join(rig.directory, name),
  where,
});
const plain = (id: string, name: string): Source => ({
  kind: 'files',
  id,
  directory: join(rig.directory, name),
  include: ['**/*.yaml'],
  where,
});

const object = (kind: string, name: string, more = '') =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;
const crd = (kind: string, scope: string) =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: ${kind.toLowerCase()}s.x.example\nspec:\n  group: x.example\n  names:\n    kind: ${kind}\n    plural: ${kind.toLowerCase()}s\n  scope: ${scope}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n`;
const custom = (kind: string, name: string) => `apiVersion: x.example/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;

async function workingTree(): Promise<Readonly<Record<string, string>>> {
  const root = join(rig.directory, 'working');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const yaml = entries
    .filter((entry) => entry.name.endsWith('.yaml'))
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    yaml.sort().map(async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}

describe('namespaces', () => {
  test('follow the scope of built-in kinds and of CRDs of any component', async () => {
    await files({
      'crds.yaml': `${crd('Tide', 'Cluster')}---\n${crd('Boat', 'Namespaced')}`,
      'use.yaml': [
        custom('Tide', 'a'),
        custom('Boat', 'b'),
        object('ConfigMap', 'c'),
        object('ConfigMap', 'd', '  namespace: other\n'),
        object('Namespace', 'e', '  namespace: wrong\n'),
      ].join('---\n'),
    });
    const { all, warnings } = await rendered([
      component('crds', [local('crds/0', 'crds.yaml')]),
      component('use', [local('use/0', 'use.yaml')]),
    ]);
    const places = all.flatMap(({ objects }) =>
      objects.map(({ manifest: { id, object: parsed } }) => [id.name, id.namespace, parsed.metadata['namespace']]),
    );
    expect(places).toEqual([
      ['tides.x.example', undefined, undefined],
      ['boats.x.example', undefined, undefined],
      ['a', undefined, undefined],
      ['b', 'use', 'use'],
      ['c', 'use', 'use'],
      ['d', 'other', 'other'],
      ['e', undefined, undefined],
    ]);
    expect(warnings).toEqual([]);
  });

  test('a kind nobody defines is told once, counts as namespaced, and is finished again when its CRD comes', async () => {
    await files({
      'use.yaml': `${custom('Tide', 'a')}---\n${custom('Tide', 'b')}`,
      'crds.yaml': crd('Tide', 'Cluster'),
    });
    const use = component('use', [local('use/0', 'use.yaml')]);
    const alone = await rendered([use]);
    expect(alone.warnings).toMatchObject([{ code: 'E_SMELT_UNKNOWN_KIND', severity: 'warning', where }]);
    expect(alone.all[0]?.objects[0]?.manifest.id.namespace).toBe('use');
    const again = await rendered([use]);
    expect([again.all[0]?.cached, again.warnings]).toEqual([true, alone.warnings]);
    const known = await rendered([use], { crdKinds: [{ group: 'x.example', kind: 'Tide', namespaced: false }] });
    expect([known.all[0]?.objects[0]?.manifest.id.namespace, known.warnings]).toEqual([undefined, []]);
    const both = await rendered([component('crds', [local('crds/0', 'crds.yaml')]), use]);
    expect(both.all[1]?.objects[0]?.manifest.id.namespace).toBeUndefined();
  });
});

describe('templates', () => {
  test('are evaluated with the scope of their component', async () => {
    await files({
      't/web.yaml': [
        '$each: {in: params.ports, as: port}',
        'apiVersion: v1',
        'kind: Service',
        'metadata: {name: "web-${{ string(port) }}"}',
        'spec: {ports: [{port: "${{ port }}"}, {$when: params.size == "large", port: 1}], selector: "${{ values.selector }}"}',
        '---',
        '$when: params.size == "large"',
        object('ConfigMap', 'only-large'),
      ].join('\n'),
    });
    const { all } = await rendered([
      component('web', [template('web/0', 't')], { values: { selector: { app: 'web' } } }),
    ]);
    expect(all[0]?.objects.map(({ manifest }) => [manifest.id.name, manifest.object['spec']])).toEqual([
      ['web-80', { ports: [{ port: 80 }], selector: { app: 'web' } }],
      ['web-443', { ports: [{ port: 443 }], selector: { app: 'web' } }],
    ]);
    expect(all[0]?.objects[0]?.manifest.annotations['clusterforge.dev/source']).toBe('web/0:web.yaml#1');
  });

  test('problems of all files and components come at once, with file, line and column, and nothing is written', async () => {
    await files({
      't/a.yaml': object('ConfigMap', 'a', 'data:\n  x: ${{ values.none }}\n'),
      't/b.yaml': 'kind: [\n',
      'p/c.yaml': object('ConfigMap', 'c', 'data:\n  x: "${{ values.x }}"\n'),
    });
    const found = await problems([component('one', [template('one/0', 't')]), component('two', [plain('two/0', 'p')])]);
    expect(
      found.map(({ code, where: at }) => [code, at?.file?.slice(rig.directory.length), at?.line, at?.column]),
    ).toEqual([
      ['E_CEL_EVALUATE', '/t/a.yaml', 6, 6],
      ['E_YAML_SYNTAX', '/t/b.yaml', expect.any(Number), expect.any(Number)],
      ['E_SMELT_EXPRESSION', '/p/c.yaml', 6, 7],
    ]);
    expect(existsSync(join(rig.directory, 'working'))).toBe(false);
  });
});

describe('collisions', () => {
  test('two components that make one object, in whatever version', async () => {
    await files({
      'a.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: x}\n',
      'b.yaml': '\n---\napiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: web}\n',
    });
    const found = await problems([
      component('one', [local('one/0', 'a.yaml')]),
      component('two', [local('two/0', 'b.yaml')], { namespace: 'x' }),
    ]);
    expect(found).toMatchObject([
      {
        code: 'E_SMELT_COLLISION',
        what: 'Deployment x/web is made twice',
        why: 'components one and two both make it: one/0:a.yaml#1 and two/0:b.yaml#3',
        related: [where],
      },
    ]);
    expect(existsSync(join(rig.directory, 'working'))).toBe(false);
  });

  test('one component that makes an object twice; a withheld object does not count', async () => {
    const testHook = '  annotations: {helm.sh/hook: test}\n';
    await files({ 'a.yaml': [object('Pod', 'p'), object('Pod', 'p', testHook), object('Pod', 'p')].join('---\n') });
    const found = await problems([component('one', [local('one/0', 'a.yaml')])]);
    expect(found).toMatchObject([
      { code: 'E_SMELT_COLLISION', why: 'component one makes it twice: one/0:a.yaml#1 and one/0:a.yaml#12' },
    ]);
  });
});

describe('a second run', () => {
  test('comes from the store and writes nothing; one changed component is the only one rendered', async () => {
    await files({ 'a.yaml': object('ConfigMap', 'a'), 'b.yaml': object('ConfigMap', 'b') });
    const components = () => [
      component('one', [local('one/0', 'a.yaml')]),
      component('two', [local('two/0', 'b.yaml')]),
    ];
    const first = await rendered(components());
    await rm(join(rig.directory, 'a.yaml'));
    await files({ 'a.yaml': object('ConfigMap', 'a') });
    const second = await rendered(components());
    expect([first, second].map(({ all }) => all.map(({ cached }) => cached))).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(second.all.map(({ fingerprint }) => fingerprint)).toEqual(first.all.map(({ fingerprint }) => fingerprint));
    await files({ 'b.yaml': object('ConfigMap', 'b', 'data: {x: "1"}\n') });
    const third = await rendered(components());
    expect(third.all.map(({ cached }) => cached)).toEqual([true, false]);
    expect((await workingTree())['two/configmap-b.yaml']).toContain('x: "1"');
  });

  test('a damaged store is rendered anew', async () => {
    await files({ 'a.yaml': object('ConfigMap', 'a') });
    const components = [component('one', [local('one/0', 'a.yaml')])];
    await rendered(components);
    const blobs = await readdir(join(rig.directory, 'store/blobs'), { recursive: true, withFileTypes: true });
    for (const blob of blobs.filter((entry) => entry.isFile()))
      await writeFile(join(blob.parentPath, blob.name), 'damaged');
    const { all } = await rendered(components);
    expect(all[0]?.cached).toBe(false);
    expect(all[0]?.objects[0]?.manifest.object).toMatchObject({ kind: 'ConfigMap' });
  });

  test('any set of objects gives the same bytes twice, on an empty store and on a full one', async () => {
    const one = record({
      kind: constantFrom('ConfigMap', 'Secret', 'Namespace', 'configmap'),
      name: constantFrom('a', 'b', 'c', 'long-name'),
      body: constantFrom('', 'data: {k: "é\u{1f680}"}\n', 'data:\n  k: |\n    ---x\n    #{}\n', '  labels: {x: "y"}\n'),
    });
    const set = uniqueArray(one, { selector: ({ kind, name }) => `${kind}/${name}`, maxLength: 8 });
    await assert(
      asyncProperty(set, array(constantFrom('\n', '# note\n', '---\n')), async (objects, noise) => {
        await files({
          'a.yaml': `${noise.join('')}\n${objects.map(({ kind, name, body }) => `---\n${object(kind, name, body)}`).join('')}`,
        });
        const components = [component('one', [local('one/0', 'a.yaml')])];
        const first = (await rendered(components)).all;
        const tree = await workingTree();
        const warm = (await rendered(components)).all;
        await rm(join(rig.directory, 'working'), { recursive: true });
        await rm(join(rig.directory, 'store/memory'), { recursive: true });
        await rendered(components);
        expect(await workingTree()).toEqual(tree);
        expect(Object.keys(tree)).toHaveLength(objects.length);
        expect(warm.map(({ objects: list }) => list.map(({ manifest }) => manifest.text))).toEqual(
          first.map(({ objects: list }) => list.map(({ manifest }) => manifest.text)),
        );
      }),
      { numRuns: 15 },
    );
  });
});

const real = fileURLToPath(new URL('../../../shared/real', import.meta.url));

/** Real charts' output lies beside the repository, not in it: without it there is nothing to read. */
describe.skipIf(!existsSync(real))('the real manifests (skipped where ../shared/real is absent)', () => {
  test('every object of every file is accounted for', async () => {
    const index = readGoYaml(await readFile(join(real, 'index.yaml'), 'utf8'));
    const listed = isObject(index) && Array.isArray(index['files']) ? index['files'].filter(isObject) : [];
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    const components = listed.map((entry) => {
      const name = text(entry['component']);
      const source = manifestSource(`${name}/0`, { file: join(real, text(entry['file'])) });
      return component(name, [source], { namespace: text(entry['namespace']) });
    });
    const { all, warnings } = await rendered(components);
    for (const [at, { component: name, objects, withheld }] of all.entries())
      expect([name, objects.length + withheld.length]).toEqual([name, listed[at]?.['objects']]);
    expect(warnings).toEqual([]);
    const inNoNamespace = all
      .flatMap(({ objects }) => objects)
      .filter(({ manifest: { id } }) => id.kind === 'Deployment' && id.namespace === undefined);
    expect(inNoNamespace).toEqual([]);
  });
});
