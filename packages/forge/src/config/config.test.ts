import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlatform } from './config.ts';
import { component, loadFiles, platform, layeredFiles } from './fixture.ts';

describe('layers', () => {
  const layers: readonly (readonly [string, string, readonly string[], string])[] = [
    ['values.yaml', '  extends: []\n  components: {bare: {}}', [], 'values.yaml'],
    ['component', '  components: {app: {}}', [], 'component'],
    ['extends in order', '  extends: [low]', [], 'size'],
    ['collection', '  extends: [high]\n  collections: {more: true}\n  params: {size: none}', [], 'collection'],
    ['size', '  extends: [high]\n  collections: {more: true}', [], 'size'],
    ['platform.yaml', '  extends: [high]\n  components: {app: {values: {from: platform}}}', [], 'platform'],
    [
      'environment',
      '  extends: [high]\n  environments: {dev: {components: {app: {values: {from: environment}}}}}\n  components: {app: {values: {from: platform}}}',
      [],
      'environment',
    ],
    [
      '--set',
      '  extends: [high]\n  components: {app: {values: {from: platform}}}',
      ['components.app.values.from=set'],
      'set',
    ],
  ];
  test.each(layers)('%s wins over what is weaker', async (_, spec, set, expected) => {
    const files = {
      ...layeredFiles,
      'catalog/bare/component.yaml': component('bare'),
      'catalog/bare/values.yaml': 'from: values.yaml\n',
      'platform.yaml': platform(spec),
    };
    const environment = spec.includes('environments') ? { environment: 'dev' } : {};
    // `size: none` has no settings: an enum would refuse it.
    const withSize = spec.includes('size: none')
      ? {
          ...files,
          'builtin/low/stack.yaml':
            layeredFiles['builtin/low/stack.yaml']?.replace('default: small', 'enum: [small, none], default: small') ??
            '',
        }
      : files;
    const { platform: loaded } = await loadFiles(withSize, { ...environment, set });
    expect(loaded.components.find(({ name }) => name === 'app' || name === 'bare')?.values['from']).toBe(expected);
  });

  test('a stronger stack wins over the one it extends, and every layer adds its own', async () => {
    const { platform: loaded } = await loadFiles({
      ...layeredFiles,
      'platform.yaml': platform(
        '  extends: [high]\n  components: {app: {values: {list: {$append: [2]}, component: null}}}',
      ),
    });
    expect(loaded.components[0]?.values).toEqual({
      from: 'size',
      size: 's',
      file: 'f',
      list: [1, 2],
      low: 'l',
      high: 'h',
    });
  });

  test('origins tell every layer of a leaf, strongest first, with its place', async () => {
    const { platform: loaded, directory } = await loadFiles(
      {
        ...layeredFiles,
        'platform.yaml': platform('  extends: [high]\n  components: {app: {values: {from: platform}}}'),
      },
      { set: ['components.app.values.from=set'] },
    );
    const origins = loaded.origins.get('components.app.values.from') ?? [];
    expect(
      origins.map(({ layer, value, where }) => [layer, value, where?.file?.slice(directory.length + 1), where?.line]),
    ).toEqual([
      ['--set', 'set', undefined, undefined],
      ['platform.yaml', 'platform', 'platform.yaml', 6],
      ['size small', 'size', 'builtin/app/component.yaml', 5],
      ['stack high', 'high', 'builtin/high/stack.yaml', 6],
      ['stack low', 'low', 'builtin/low/stack.yaml', 6],
      ['component app', 'component', 'builtin/app/component.yaml', 6],
      ['component app', 'values.yaml', 'builtin/app/values.yaml', 1],
    ]);
  });

  test('an environment changes what platform.yaml says, and only that', async () => {
    const spec =
      '  extends: [low]\n  components: {app: {values: {from: platform}}}\n  environments: {dev: {components: {app: {values: {from: dev}}}}}';
    const files = { ...layeredFiles, 'platform.yaml': platform(spec) };
    const valueIn = async (request: { readonly environment?: string }) =>
      (await loadFiles(files, request)).platform.components[0]?.values['from'];
    expect([await valueIn({ environment: 'dev' }), await valueIn({})]).toEqual(['dev', 'platform']);
  });
});

test('a stack is a platform by itself', async () => {
  const { directory } = await loadFiles({ ...layeredFiles, 'platform.yaml': platform('  components: {}') });
  const result = await loadPlatform(
    { stack: 'low', catalogs: [join(directory, 'builtin')], directory },
    { signal: new AbortController().signal },
  );
  expect(result).toMatchObject({
    ok: true,
    value: { name: 'low', directory, params: { size: 'small' }, components: [{ name: 'app' }] },
  });
});

test('a value that looks misspelt is a warning', async () => {
  const { problems } = await loadFiles({
    'catalog/app/component.yaml': component('app', '  sources: [{template: .}]'),
    'catalog/app/values.yaml': 'replicas: 1\nlabels: {}\n',
    'platform.yaml': platform('  components: {app: {values: {replcas: 3, labels: {any: x}, other: 1}}}'),
  });
  expect(problems).toMatchObject([
    {
      code: 'E_CONFIG_UNKNOWN_VALUE',
      severity: 'warning',
      fix: 'did you mean "replicas"?',
      where: { file: 'platform.yaml', line: 5, column: 40 },
    },
  ]);
});
