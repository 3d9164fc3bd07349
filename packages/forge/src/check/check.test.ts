import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '@cluster-forge/base';
import {
  all,
  type ComponentFixture,
  configMap,
  crd,
  deployment,
  meta,
  platformOf,
  service,
  webhook,
} from '../objects/fixture.ts';
import { check } from './check.ts';

function findings(...fixtures: readonly ComponentFixture[]): readonly Diagnostic[] {
  const { platform, rendered } = platformOf(...fixtures);
  return check(rendered, platform);
}

/** `severity code path` of the findings about objects in the namespace `app`, which exists. */
function said(main: string, extra: Partial<ComponentFixture> = {}): readonly string[] {
  const labels = { namespaceLabels: {} };
  return findings({ name: 'app', main, ...labels, ...extra }).map(({ severity, code, where }) =>
    `${severity} ${code} ${where?.path ?? ''}`.trim(),
  );
}

const object = (apiVersion: string, kind: string, rest = '') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\n${meta('x', 'app')}\n${rest}`;
const secret = (data: string) => object('v1', 'Secret', `stringData: {${data}}\n`);
const workload = (pod: string, selector = '{app: x}') =>
  object(
    'apps/v1',
    'Deployment',
    `spec: {selector: {matchLabels: ${selector}}, template: {metadata: {labels: {app: x}}, spec: {${pod}}}}\n`,
  );
const container = (rest = '') => `containers: [{name: c, image: 'reg.example/app:1.0'${rest}}]`;
const env = (name: string, value: string) => workload(container(`, env: [{name: ${name}, value: '${value}'}]`));
const mounts = (volume: string) => workload(`${container()}, volumes: [{name: v, ${volume}}]`);
const thing = (spec: string, version = 'v1') => object(`acme.example/${version}`, 'Thing', `spec: ${spec}\n`);
const strictCrd = crd('acme.example', 'Thing').replace(
  'openAPIV3Schema: {type: object}',
  'openAPIV3Schema: {type: object, properties: {spec: {type: object, required: [size], properties: {size: {type: integer, maximum: 9}}}}}',
);
const role = (rest: string) => object('rbac.authorization.k8s.io/v1', 'Role', `rules: [{apiGroups: [''], ${rest}}]\n`);
const binding = (kind: string, name: string) =>
  object(
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ${name}}\n`,
  );
const missing = (path: string) => [`error E_CHECK_REFERENCE ${path}`];
const pod = 'spec.template.spec';

describe('check', () => {
  it.each<[string, string, readonly string[]]>([
    ['a whole workload', workload(container()), []],

    ['a field of the wrong type', object('v1', 'ConfigMap', 'data: {a: 1}\n'), ['error E_CHECK_SCHEMA data.a']],
    ['an unknown field', object('v1', 'ServiceAccount', 'secret: []\n'), ['error E_CHECK_SCHEMA secret']],
    ['a custom resource that fits', all(strictCrd, thing('{size: 3}')), []],
    ['a custom resource that does not', all(strictCrd, thing('{size: 10}')), ['error E_CHECK_SCHEMA spec.size']],
    ['a custom resource without a needed field', all(strictCrd, thing('{}')), ['error E_CHECK_SCHEMA spec.size']],
    [
      'a label of a custom resource that is no string',
      all(strictCrd, thing('{size: 1}').replace('namespace: app', 'namespace: app, labels: {a: 1}')),
      ['error E_CHECK_SCHEMA metadata.labels.a'],
    ],
    [
      'a null creation time',
      all(strictCrd, thing('{size: 1}').replace('namespace: app', 'namespace: app, creationTimestamp: null')),
      [],
    ],

    ['a kind without its CRD', thing('{}'), ['error E_CHECK_KIND kind']],
    ['a misspelt built-in kind', object('apps/v1', 'Deploymnt'), ['error E_CHECK_KIND kind']],
    ['a version its CRD does not serve', all(strictCrd, thing('{size: 1}', 'v2')), ['error E_CHECK_KIND apiVersion']],
    [
      'a namespaced object without namespace',
      `apiVersion: v1\nkind: ConfigMap\n${meta('x')}\n`,
      ['error E_CHECK_SCOPE metadata.namespace'],
    ],
    [
      'a cluster-wide object with one',
      object('scheduling.k8s.io/v1', 'PriorityClass', 'value: 1\n'),
      ['warning E_CHECK_SCOPE metadata.namespace'],
    ],

    ['a removed API', object('policy/v1beta1', 'PodDisruptionBudget'), ['error E_CHECK_API_REMOVED apiVersion']],
    ['a deprecated API', object('v1', 'Endpoints'), ['warning E_CHECK_API_DEPRECATED apiVersion']],

    ['a selector that misses its pods', workload(container(), '{app: z}'), ['error E_CHECK_SELECTOR spec.selector']],
    ['an expression', object('v1', 'ConfigMap', "data: {a: '${{ params.domain }}'}\n"), ['error E_CHECK_EXPRESSION']],
    ["somebody else's template", object('v1', 'ConfigMap', "data: {a: '{{ x }} ${X} $(x)'}\n"), []],

    [
      'an image without tag',
      workload('containers: [{name: c, image: reg.example:5000/app}]'),
      [`warning E_CHECK_IMAGE_TAG ${pod}.containers[0].image`],
    ],
    [
      'an image latest',
      workload('containers: [{name: c, image: app:latest}]'),
      [`warning E_CHECK_IMAGE_TAG ${pod}.containers[0].image`],
    ],
    ['an image by digest', workload(`containers: [{name: c, image: 'app@sha256:${'0'.repeat(64)}'}]`), []],

    ['an empty secret', secret(`a: ''`), []],
    ['a public certificate', secret(`ca.crt: '-----BEGIN CERTIFICATE-----'`), []],
    ['a literal secret', secret('password: m8fj39dk20slwp4r'), ['warning E_CHECK_SECRET_LITERAL stringData.password']],
    [
      'a weak secret',
      secret('password: changeme'),
      ['warning E_CHECK_SECRET_LITERAL stringData.password', 'warning E_CHECK_SECRET_WEAK stringData.password'],
    ],
    [
      'a secret in the environment',
      env('DB_PASSWORD', 'm8fj39dk20slwp4r'),
      [`warning E_CHECK_SECRET_LITERAL ${pod}.containers[0].env[0].value`],
    ],
    ['a path in the environment', env('DB_PASSWORD', '/run/secrets/db'), []],

    ['a Secret that nobody makes', mounts('secret: {secretName: s}'), missing(`${pod}.volumes[0].secret.secretName`)],
    ['an optional Secret', mounts('secret: {secretName: s, optional: true}'), []],
    [
      'a Secret of a Certificate',
      all(
        crd('cert-manager.io', 'Certificate'),
        object('cert-manager.io/v1', 'Certificate', 'spec: {secretName: s, issuerRef: {name: i}}\n'),
        mounts('secret: {secretName: s}'),
      ),
      ['error E_CHECK_SCHEMA spec', 'error E_CHECK_REFERENCE spec.issuerRef.name'],
    ],
    [
      'a Secret that the component may make itself',
      all(role('resources: [secrets], verbs: [create]'), mounts('secret: {secretName: s}')),
      [`warning E_CHECK_REFERENCE ${pod}.volumes[0].secret.secretName`],
    ],
    [
      'a Secret that the component may only read',
      all(role('resources: [secrets], verbs: [get]'), mounts('secret: {secretName: s}')),
      missing(`${pod}.volumes[0].secret.secretName`),
    ],
    [
      'a child of a custom resource',
      all(strictCrd, thing('{size: 1}'), mounts('secret: {secretName: x-admin}')),
      [`warning E_CHECK_REFERENCE ${pod}.volumes[0].secret.secretName`],
    ],
    ['a ConfigMap that every namespace has', mounts('configMap: {name: kube-root-ca.crt}'), []],
    ['a ConfigMap that nobody makes', mounts('configMap: {name: c}'), missing(`${pod}.volumes[0].configMap.name`)],
    [
      'a claim that nobody makes',
      mounts('persistentVolumeClaim: {claimName: c}'),
      missing(`${pod}.volumes[0].persistentVolumeClaim.claimName`),
    ],
    ['the default account', workload(`serviceAccountName: default, ${container()}`), []],
    [
      'an account that nobody makes',
      workload(`serviceAccountName: a, ${container()}`),
      missing(`${pod}.serviceAccountName`),
    ],
    ['a system priority', workload(`priorityClassName: system-node-critical, ${container()}`), []],
    [
      'a priority that nobody makes',
      workload(`priorityClassName: high, ${container()}`),
      missing(`${pod}.priorityClassName`),
    ],
    [
      'a storage class of the cluster',
      object('v1', 'PersistentVolumeClaim', 'spec: {storageClassName: fast}\n'),
      ['warning E_CHECK_REFERENCE spec.storageClassName'],
    ],
    ['a built-in role', binding('ClusterRole', 'view'), []],
    ['a role that nobody makes', binding('Role', 'r'), missing('roleRef.name')],
    [
      'a webhook without its Service',
      webhook('acme.example').replace(
        '  clientConfig',
        '  admissionReviewVersions: [v1]\n  sideEffects: None\n  clientConfig',
      ),
      missing('webhooks[0].clientConfig.service.name'),
    ],
    [
      'an Ingress without its Service',
      object('networking.k8s.io/v1', 'Ingress', 'spec: {defaultBackend: {service: {name: s, port: {number: 80}}}}\n'),
      missing('spec.defaultBackend.service.name'),
    ],
  ])('%s', (_, main, expected) => expect(said(main)).toEqual(expected));

  it('accepts a generated secret', () => {
    const secrets = [{ name: 's', namespace: 'app', type: 'Opaque', keys: {}, where: {} }];
    expect(said(mounts('secret: {secretName: s}'), { secrets })).toEqual([]);
  });

  it('does not take the permissions of one component for those of another', () => {
    const other = { name: 'b', main: role('resources: [secrets], verbs: [create]') };
    const found = findings({ name: 'app', main: mounts('secret: {secretName: s}') }, other);
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['error E_CHECK_REFERENCE']);
  });

  it('names the version that serves a kind', () => {
    const found = findings({ name: 'app', main: object('apps/v2', 'Deployment') });
    expect(found).toMatchObject([{ code: 'E_CHECK_KIND', fix: 'write it as apps/v1' }]);
  });

  it('says what was meant', () => {
    const [finding] = findings({ name: 'app', main: all(configMap('settings'), mounts('configMap: {name: setings}')) });
    expect(finding).toMatchObject({
      fix: 'did you mean "settings"?',
      where: { file: 'app-main.yaml', line: 8, column: 184 },
    });
  });

  it('points at the line of the field, or of the map that lacks it', () => {
    const broken = object(
      'v1',
      'Service',
      `spec:\n  type: ClusterIP\n  ports:\n  - name: 7\n    port: 80\n  - name: b\n`,
    );
    const found = findings({ name: 'app', main: all(configMap('first'), broken) });
    expect(found.map(({ where }) => `${where?.path} ${where?.line}:${where?.column}`)).toEqual([
      'spec.ports[0].name 11:11',
      'spec.ports[1].port 13:5',
    ]);
  });

  it('names both places of an object that comes twice', () => {
    const found = findings({ name: 'app', main: configMap('x') }, { name: 'b', main: configMap('x') });
    expect(found).toMatchObject([
      {
        code: 'E_CHECK_DUPLICATE',
        where: { file: 'b-main.yaml', line: 1 },
        related: [{ file: 'app-main.yaml', line: 1 }],
      },
    ]);
  });

  it('finds a namespace that nobody creates, once', () => {
    const found = findings({ name: 'other', main: all(configMap('x'), service('z')) });
    expect(found.filter(({ code }) => code === 'E_CHECK_NAMESPACE')).toHaveLength(1);
  });

  it('accepts a namespace that an object creates', () => {
    expect(
      findings({ name: 'other', main: all(`apiVersion: v1\nkind: Namespace\n${meta('app')}\n`, configMap('x')) }),
    ).toEqual([]);
  });

  it('goes on after an object that cannot be read, and never shows a secret', () => {
    const broken = `apiVersion: v1\nkind: ConfigMap\n${meta('broken', 'app')}\ndata: [}\n`;
    const found = findings({ name: 'app', main: all(broken, secret('password: hunter2hunter2')) });
    expect(found.map(({ code }) => code)).toEqual(['E_MANIFEST_YAML', 'E_CHECK_SECRET_LITERAL']);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('follows the version of the target', () => {
    const { platform, rendered } = platformOf({ name: 'app', main: object('policy/v1beta1', 'PodDisruptionBudget') });
    expect(check(rendered, platform, { kubernetesVersion: 'v1.24.3' }).map(({ code }) => code)).toEqual([
      'E_CHECK_API_DEPRECATED',
    ]);
  });

  it('gives every finding a reason, a fix and a place', () => {
    const found = findings({
      name: 'app',
      main: all(thing('{}'), mounts('secret: {secretName: s}'), secret('password: x'), deployment('web')),
    });
    for (const finding of found)
      expect(finding).toMatchObject({
        why: expect.any(String),
        fix: expect.any(String),
        where: { file: expect.any(String) },
      });
  });
});
