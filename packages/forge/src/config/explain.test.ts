import { describe, expect, test } from 'vitest';
import { explain } from './explain.ts';
import { component, loadFiles, platform } from './fixture.ts';

const files = {
  'catalog/app/component.yaml': component(
    'app',
    '  params: {domain: {type: string, default: d.test}}\n  provides: [{capability: web}]\n  values: {host: "app.${{ params.domain }}", deep: {x: 1, y: [1]}, gone: 1, all: "${{ {\'k\': 1} }}"}',
  ),
  'platform.yaml': platform('  components: {app: {values: {deep: {x: 2}, gone: null}}}'),
};

const explained = async (path: string) => {
  const result = explain((await loadFiles(files)).platform, path);
  return result.ok ? result.value : undefined;
};

test('a subtree with the layers of every leaf', async () => {
  const found = await explained('components.app.values.deep');
  expect(found?.value).toEqual({ x: 2, y: [1] });
  expect(
    found?.leaves.map(({ path, value, origins }) => [
      path,
      value,
      origins.map(({ layer, value }) => `${layer}: ${JSON.stringify(value)}`),
    ]),
  ).toEqual([
    ['components.app.values.deep.x', 2, ['platform.yaml: 2', 'component app: 1']],
    ['components.app.values.deep.y', [1], ['component app: [1]']],
  ]);
});

test.each([
  ['components.app.values.host', 'app.d.test', 'app.${{ params.domain }}'],
  ['params.domain', 'd.test', 'd.test'],
  ['components.app.values.all.k', 1, "${{ {'k': 1} }}"],
  ['components.app.values.deep.y', [1], [1]],
])('%s has a value and what was written', async (path, value, written) => {
  const found = await explained(path);
  expect(found?.leaves).toMatchObject([{ path, value, origins: [{ value: written }] }]);
});

test('what was removed is told', async () => {
  const found = await explained('components.app.values.gone');
  expect(found).not.toHaveProperty('value');
  expect(found?.leaves).toMatchObject([
    {
      origins: [
        { layer: 'platform.yaml', value: null },
        { layer: 'component app', value: 1 },
      ],
    },
  ]);
});

test('everything, and what no layer wrote', async () => {
  const leaves = (await explained(''))?.leaves ?? [];
  expect(leaves.find(({ path }) => path === 'providers.web')).toEqual({
    path: 'providers.web',
    value: 'app',
    origins: [],
  });
  expect(leaves.map(({ path }) => path)).toEqual(leaves.map(({ path }) => path).sort());
});

describe('unknown paths', () => {
  test.each([
    ['components.ap.values', /components has no ap/, /did you mean "app"/],
    ['components.app.values.hosts', /values has no hosts/, /did you mean "host"/],
    ['component', /the platform has no component/, /did you mean "components"/],
    ['a..b', /is not a path/, /components\.minio/],
  ])('%s', async (path, what, fix) => {
    const result = explain((await loadFiles(files)).platform, path);
    const [problem] = result.ok ? [] : result.failure;
    expect(problem?.code).toBe('E_CONFIG_PATH');
    expect(problem?.what).toMatch(what);
    expect(problem?.fix).toMatch(fix);
  });
});
