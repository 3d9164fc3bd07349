import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { component, loadFiles, platform, layeredFiles } from './fixture.ts';

describe('which components run', () => {
  const names = async (spec: string, set: readonly string[] = []) =>
    (await loadFiles({ ...layeredFiles, 'platform.yaml': platform(spec) }, { set })).platform.components.map(
      ({ name }) => name,
    );

  test.each([
    ['naming one enables it', '  components: {app: {}}', ['app']],
    ['one can be switched off', '  extends: [high]\n  components: {app: {enabled: false}}', []],
    ['a collection is off by default', '  extends: [high]', ['app']],
    ['a collection can be switched on', '  extends: [high]\n  collections: {more: true}', ['app', 'extra']],
    [
      'values do not enable a component of a collection that is off',
      '  extends: [high]\n  components: {extra: {values: {a: 1}}}',
      ['app'],
    ],
    ['enabled does', '  extends: [high]\n  components: {extra: {enabled: true}}', ['app', 'extra']],
    ['a stack counts once, however often it is extended', '  extends: [low, high]', ['app']],
    [
      'enabled may be an expression',
      '  extends: [low]\n  components: {app: {enabled: "${{ params.size == \'large\' }}"}}',
      [],
    ],
  ])('%s', async (_, spec, expected) => {
    expect(await names(spec)).toEqual(expected);
  });

  test('--set enables too', async () => {
    expect(await names('  components: {app: {}}', ['components.extra.enabled=true'])).toEqual(['app', 'extra']);
    expect(await names('  extends: [high]', ['collections.more=true'])).toEqual(['app', 'extra']);
  });

  test('the first catalog that has a component wins: the own one', async () => {
    const { platform: loaded, directory } = await loadFiles({
      ...layeredFiles,
      'catalog/app/component.yaml': component('app', '  version: 9.9.9'),
      'platform.yaml': platform('  components: {app: {}}'),
    });
    expect(loaded.components[0]).toMatchObject({ version: '9.9.9', directory: join(directory, 'catalog/app') });
  });

  test('more catalogs may be named', async () => {
    const files = {
      'shared/parts/x/component.yaml': component('x'),
      'here/platform.yaml': platform('  catalogs: [../shared/parts]\n  components: {x: {}}'),
    };
    expect(
      (await loadFiles(files, { file: 'here/platform.yaml' })).platform.components.map(({ name }) => name),
    ).toEqual(['x']);
  });
});
