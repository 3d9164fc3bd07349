import { describe, expect, test } from 'vitest';
import { component, loadFiles, platform, stack, type Files } from './fixture.ts';

describe('params', () => {
  const declared = stack(
    'base',
    [
      '  params:',
      '    domain: {type: string, format: hostname, default: local.test}',
      '    host: {type: string, default: "auth.${{ params.domain }}"}',
      '    gpu: {vendor: {type: string, default: amd}, count: {type: integer, default: 1}}',
      '    zones: {type: array, default: [a]}',
      '    extra: {type: object, default: {}}',
      '    later: {type: string}',
      '  components: {app: {}}',
    ].join('\n'),
  );
  const load = (spec: string, set: readonly string[] = []) =>
    loadFiles(
      {
        'builtin/base/stack.yaml': declared,
        'builtin/app/component.yaml': component('app', '  params: {secretName: {type: string, required: true}}'),
        'platform.yaml': platform(`  extends: [base]\n${spec}`),
      },
      { set },
    );

  test('defaults, computed ones, groups; absent when nothing is given', async () => {
    const { platform: loaded } = await load('  params: {domain: ai.example, gpu: {count: 4}, secretName: s}');
    expect(loaded.params).toEqual({
      domain: 'ai.example',
      host: 'auth.ai.example',
      gpu: { vendor: 'amd', count: 4 },
      zones: ['a'],
      extra: {},
      secretName: 's',
    });
  });

  test('--set takes YAML and the short form', async () => {
    const { platform: loaded } = await load('  params: {secretName: s}', [
      'gpu.count=2',
      'params.zones=[x, y]',
      'extra={a: {b: 1}}',
      'domain=set.test',
      'later=',
    ]);
    expect(loaded.params).toMatchObject({
      gpu: { count: 2 },
      zones: ['x', 'y'],
      extra: { a: { b: 1 } },
      host: 'auth.set.test',
      later: '',
    });
  });

  test('params of a component that is off need no value', async () => {
    expect((await load('  components: {app: {enabled: false}}')).platform.disabled).toEqual(['app']);
    expect((await load('')).problems).toMatchObject([{ code: 'E_CONFIG_PARAM_MISSING' }]);
  });
});

describe('capabilities', () => {
  const files: Files = {
    'builtin/minio/component.yaml': component(
      'minio',
      '  namespace: storage\n  provides: [{capability: s3}, {crd: tenants.minio.io}]',
    ),
    'builtin/weed/component.yaml': component(
      'weed',
      "  provides: [{capability: s3, when: params.weed != 'no'}]\n  params: {weed: {type: string, default: 'no'}}",
    ),
    'builtin/app/component.yaml': component(
      'app',
      '  requires: [{capability: s3}, {crd: tenants.minio.io, when: "values.crd"}, {component: minio, when: "!values.crd"}]\n  values: {crd: true, at: "${{ capabilities.s3.component }}.${{ capabilities[\'s3\'].namespace }}"}',
    ),
  };

  test('the only provider is taken; conditions decide who offers and who needs', async () => {
    const { platform: loaded } = await loadFiles({
      ...files,
      'platform.yaml': platform('  components: {app: {}, minio: {}, weed: {}}'),
    });
    expect(loaded.providers).toEqual({ s3: 'minio' });
    expect(loaded.components[0]).toMatchObject({
      values: { at: 'minio.storage' },
      requires: [
        { component: 'minio', reason: 'capability s3' },
        { component: 'minio', reason: 'CRD tenants.minio.io' },
      ],
    });
  });

  test('of several the chosen one', async () => {
    const { platform: loaded } = await loadFiles({
      ...files,
      'platform.yaml': platform(
        '  params: {weed: "yes"}\n  components: {app: {}, minio: {}, weed: {}, s3: {provider: weed}}',
      ),
    });
    expect(loaded.providers).toEqual({ s3: 'weed' });
    expect(loaded.components[0]?.values['at']).toBe('weed.weed');
    expect(loaded.components[2]?.provides).toEqual(['s3']);
  });
});
