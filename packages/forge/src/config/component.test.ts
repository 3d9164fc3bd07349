import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { component, loadFiles, platform, type Files } from './fixture.ts';
import { componentScope } from './scope.ts';

describe('what comes out', () => {
  const spec = [
    '  version: v1.2.3',
    '  namespace: ${{ params.ns }}',
    '  namespaceLabels: {team: a}',
    '  params: {ns: {type: string, default: tools}}',
    '  sources:',
    '    - helm: {chart: "oci://example.com/charts/app", valuesKey: main}',
    '    - helm: {chart: web, repository: "https://${{ platform.name }}.example/charts", version: 4.5.6, release: web2, values: web.yaml, valuesKey: web, includeCrds: false}',
    '    - helm: {chart: ./chart}',
    '    - manifest: "https://example.com/${{ component.version }}/install.yaml"',
    '    - manifest: {file: crd.yaml, sha256: "sha256:' + 'a'.repeat(64) + '"}',
    '    - files: plain',
    '    - files: {directory: plain, include: ["*.yml"]}',
    '    - template: templates',
    '    - kustomize: overlay',
    `    - kustomize: {git: {url: "https://git.example/x.git", commit: ${'b'.repeat(40)}, path: deploy}}`,
    '    - {template: templates, when: values.main.off}',
    '  secrets:',
    '    creds:',
    '      keys: {user: {value: "admin@${{ params.ns }}"}, pw: {generate: password}, hex: {generate: password, length: 64, alphabet: hex}, id: {generate: uuid}, url: {template: "x://${{ keys.user }}"}}',
    '    other: {type: kubernetes.io/tls, namespace: elsewhere, keys: {k: {generate: ed25519}}}',
    '    never: {when: "false", keys: {k: {generate: rsa}}}',
    '  gate: {timeout: 1h30m, settle: 500ms}',
    '  values: {main: {replicas: 2, off: false}}',
  ].join('\n');
  const files: Files = {
    'catalog/app/component.yaml': component('app', spec),
    'catalog/app/web.yaml': 'colour: blue\n',
    'catalog/app/chart/Chart.yaml': 'name: chart\n',
    'catalog/app/crd.yaml': '',
    'catalog/app/plain/a.yaml': '',
    'catalog/app/templates/a.yaml': '',
    'catalog/app/overlay/kustomization.yaml': '',
    'catalog/app/health.yaml':
      'group: example.com\nkind: App\nready: [{when: object.status.ok, message: \'"ok"\'}]\n---\n- {kind: Secret}\n',
    'catalog/app/simulate.yaml': 'kind: App\n---\nkind: Other\n',
    'platform.yaml': platform('  components: {app: {values: {web: {size: 1}}}}'),
  };

  test('sources', async () => {
    const { platform: loaded, directory } = await loadFiles(files);
    const at = (path: string) => join(directory, 'catalog/app', path);
    const [app] = loaded.components;
    const sources = app?.sources.map(({ where: _, ...source }) => source);
    expect(sources).toEqual([
      {
        kind: 'helm',
        id: 'app/0',
        chart: 'oci://example.com/charts/app',
        version: 'v1.2.3',
        release: 'app',
        values: { replicas: 2, off: false },
        includeCrds: true,
      },
      {
        kind: 'helm',
        id: 'app/1',
        chart: 'web',
        repository: 'https://test.example/charts',
        version: '4.5.6',
        release: 'web2',
        values: { colour: 'blue', size: 1 },
        includeCrds: false,
      },
      {
        kind: 'helm',
        id: 'app/2',
        chart: at('chart'),
        version: 'v1.2.3',
        release: 'app',
        values: app?.values,
        includeCrds: true,
      },
      { kind: 'manifest', id: 'app/3', url: 'https://example.com/v1.2.3/install.yaml' },
      { kind: 'manifest', id: 'app/4', file: at('crd.yaml'), sha256: 'a'.repeat(64) },
      { kind: 'files', id: 'app/5', directory: at('plain'), include: ['**/*.yaml', '**/*.yml', '**/*.json'] },
      { kind: 'files', id: 'app/6', directory: at('plain'), include: ['*.yml'] },
      { kind: 'template', id: 'app/7', directory: at('templates') },
      { kind: 'kustomize', id: 'app/8', directory: at('overlay') },
      {
        kind: 'kustomize',
        id: 'app/9',
        git: { url: 'https://git.example/x.git', commit: 'b'.repeat(40), path: 'deploy' },
      },
    ]);
    expect(app?.sources[1]?.where).toEqual({ file: at('component.yaml'), line: 11, column: 7 });
  });

  test('secrets, gate, health, simulate, namespace', async () => {
    const { platform: loaded } = await loadFiles(files);
    const [app] = loaded.components;
    expect(app?.secrets.map(({ where: _, ...secret }) => secret)).toEqual([
      {
        name: 'creds',
        namespace: 'tools',
        type: 'Opaque',
        keys: {
          user: { value: 'admin@tools' },
          pw: { generate: 'password', length: 32, alphabet: 'alphanumeric' },
          hex: { generate: 'password', length: 64, alphabet: 'hex' },
          id: { generate: 'uuid' },
          url: { template: 'x://${{ keys.user }}' },
        },
      },
      { name: 'other', namespace: 'elsewhere', type: 'kubernetes.io/tls', keys: { k: { generate: 'ed25519' } } },
    ]);
    expect(app).toMatchObject({
      namespace: 'tools',
      namespaceLabels: { team: 'a' },
      gate: { timeoutMs: 5_400_000, settleMs: 500 },
      category: 'test/test',
    });
    expect(app?.health).toEqual([
      { group: 'example.com', kind: 'App', ready: [{ when: 'object.status.ok', message: '"ok"' }] },
      { group: '', kind: 'Secret' },
    ]);
    expect(app?.simulate).toEqual([{ kind: 'App' }, { kind: 'Other' }]);
  });

  test.each([
    ['a namespace is created unless somebody says otherwise', 'tools', undefined, {}],
    ['null leaves it to others', 'tools', 'null', undefined],
    ['what every cluster has is not created', 'kube-system', undefined, undefined],
  ])('%s', async (_, namespace, labels, expected) => {
    const spec = labels === undefined ? '  sources: []' : `  namespaceLabels: ${labels}\n  sources: []`;
    const { platform: loaded } = await loadFiles({
      'catalog/app/component.yaml': component('app', spec),
      'platform.yaml': platform(`  components: {app: {namespace: ${namespace}}}`),
    });
    expect(loaded.components[0]?.namespaceLabels).toEqual(expected);
  });

  test('version, namespace and gate can be overridden', async () => {
    const { platform: loaded } = await loadFiles({
      ...files,
      'platform.yaml': platform('  components: {app: {version: v2, namespace: mine, gate: {timeout: 9s}}}'),
    });
    expect(loaded.components[0]).toMatchObject({
      version: 'v2',
      namespace: 'mine',
      gate: { timeoutMs: 9000, settleMs: 500 },
      sources: [
        { version: 'v2' },
        { version: '4.5.6' },
        {},
        { url: 'https://example.com/v2/install.yaml' },
        {},
        {},
        {},
        {},
        {},
        {},
      ],
    });
  });

  test('what templates see is what configuration saw', async () => {
    const { platform: loaded } = await loadFiles(
      {
        ...files,
        'catalog/off/component.yaml': component('off'),
        'platform.yaml': platform('  environments: {prod: {}}\n  components: {app: {}, off: {enabled: false}}'),
      },
      { environment: 'prod' },
    );
    const [app] = loaded.components;
    expect(app && componentScope(loaded, app)).toEqual({
      params: { ns: 'tools' },
      platform: { name: 'test', environment: 'prod' },
      component: { name: 'app', namespace: 'tools', version: 'v1.2.3' },
      components: {
        app: { namespace: 'tools', version: 'v1.2.3', enabled: true },
        off: { namespace: '', version: '', enabled: false },
      },
      capabilities: {},
      values: app?.values,
    });
  });
});
