import { describe, expect, it } from 'vitest';
import {
  all,
  configMap,
  crd,
  deployment,
  job,
  meta,
  service,
  webhook,
  type ComponentFixture,
  platformOf,
} from '../objects/fixture.ts';
import type { Graph } from './graph.ts';
import { plan } from './plan.ts';

function graphOf(...fixtures: readonly ComponentFixture[]): Graph {
  const { platform, rendered } = platformOf(...fixtures);
  const result = plan(platform, rendered);
  if (!result.ok) throw new Error(JSON.stringify(result.failure, undefined, 1));
  return result.value;
}

function failureOf(...fixtures: readonly ComponentFixture[]) {
  const { platform, rendered } = platformOf(...fixtures);
  const result = plan(platform, rendered);
  return result.ok ? [] : result.failure;
}

/** `until` of the edge between two nodes; undefined when there is none. */
function untilOf(graph: Graph, from: string, to: string): string | undefined {
  return graph.edges.find((edge) => edge.from === from && edge.to === to)?.until;
}

describe('needs between components', () => {
  const graph = graphOf(
    { name: 'db', main: deployment('db') },
    { name: 'web', requires: ['db'], main: all(deployment('web'), configMap('web'), crd('acme.example', 'Thing')) },
  );

  it('hold back what acts', () => {
    expect(untilOf(graph, 'component/db/ready', 'component/web/start')).toBe('ready');
    expect(untilOf(graph, 'component/web/start', 'Deployment.apps/app/web')).toBe('ready');
    expect(untilOf(graph, 'Deployment.apps/app/db', 'component/db/ready')).toBe('ready');
  });

  it('let pass what only is', () => {
    expect(graph.waves[0]).toEqual(
      expect.arrayContaining([
        'ConfigMap/app/web',
        'CustomResourceDefinition.apiextensions.k8s.io/-/things.acme.example',
      ]),
    );
  });

  it('warn about a component that is not part of the release', () => {
    const { platform, rendered } = platformOf({ name: 'db' }, { name: 'web', requires: ['db'] });
    const result = plan(
      platform,
      rendered.filter(({ component }) => component === 'web'),
    );
    expect(result).toMatchObject({ ok: true, warnings: [{ code: 'E_PLAN_NEED_ABSENT', severity: 'warning' }] });
  });

  it('that go round are one finding with both components', () => {
    const [finding, ...rest] = failureOf({ name: 'a', requires: ['b'] }, { name: 'b', requires: ['a'] });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({
      code: 'E_PLAN_NEEDS_CYCLE',
      what: expect.stringContaining('b -> a -> b'),
      where: { file: '/catalog/a/component.yaml' },
      related: [{ file: '/catalog/b/component.yaml' }],
    });
  });
});

describe('hooks', () => {
  it('run before and after the main objects, by weight', () => {
    const graph = graphOf({
      name: 'app',
      pre: all(job('p1', `helm.sh/hook-weight: '1'`), job('p0', `helm.sh/hook-weight: '-5'`)),
      main: all(deployment('main'), configMap('main')),
      post: configMap('late'),
    });
    const wave = (id: string) => graph.waves.findIndex((ids) => ids.includes(id));
    const order = [
      'Job.batch/app/p0',
      'Job.batch/app/p1',
      'Deployment.apps/app/main',
      'ConfigMap/app/late',
      'component/app/ready',
    ];
    const waves = order.map(wave);
    expect(waves).toEqual([...waves].sort((a, b) => a - b));
    expect(new Set(waves).size).toBe(order.length);
    expect(wave('ConfigMap/app/main')).toBe(0);
  });
});

const objects = all(
  `apiVersion: v1\nkind: Namespace\n${meta('app')}\n`,
  deployment(
    'user',
    `serviceAccountName: runner, priorityClassName: high, imagePullSecrets: [{name: pull}], volumes: [{name: a, secret: {secretName: made}}, {name: b, persistentVolumeClaim: {claimName: data}}], containers: [{name: c, image: 'x:1', envFrom: [{configMapRef: {name: env}}], env: [{name: P, valueFrom: {secretKeyRef: {name: gen, key: p}}}]}]`,
  ),
  configMap('env'),
  `apiVersion: v1\nkind: ServiceAccount\n${meta('runner', 'app')}\n`,
  `apiVersion: v1\nkind: Secret\n${meta('pull', 'app')}\n`,
  `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\n${meta('high')}\nvalue: 1\n`,
  `apiVersion: v1\nkind: PersistentVolumeClaim\n${meta('data', 'app')}\nspec: {storageClassName: fast}\n`,
  `apiVersion: storage.k8s.io/v1\nkind: StorageClass\n${meta('fast')}\nprovisioner: x\n`,
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n${meta('r', 'app')}\n`,
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n${meta('rb', 'app')}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: runner, namespace: app}]\n`,
  crd('cert-manager.io', 'Certificate'),
  `apiVersion: cert-manager.io/v1\nkind: Certificate\n${meta('cert', 'app')}\nspec: {secretName: made, issuerRef: {kind: ClusterIssuer, name: ca}}\n`,
  `apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\n${meta('ca')}\n`,
  `apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n${meta('es', 'app')}\nspec: {secretStoreRef: {name: vault}}\n`,
  `apiVersion: external-secrets.io/v1\nkind: SecretStore\n${meta('vault', 'app')}\n`,
  `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n${meta('route', 'app')}\nspec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: guard}]}]}\n`,
  `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n${meta('gw', 'app')}\nspec: {gatewayClassName: envoy}\n`,
  `apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\n${meta('envoy')}\n`,
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\n${meta('in', 'app')}\nspec: {ingressClassName: nginx, defaultBackend: {service: {name: guard}}}\n`,
  `apiVersion: networking.k8s.io/v1\nkind: IngressClass\n${meta('nginx')}\n`,
  service('guard'),
  deployment('guard'),
  webhook('acme.example'),
  `apiVersion: apiregistration.k8s.io/v1\nkind: APIService\n${meta('v1.x.acme.example')}\nspec: {service: {name: guard, namespace: app}}\n`,
  `apiVersion: acme.example/v1\nkind: Thing\n${meta('thing', 'app')}\nspec: {adminSecretRef: {name: gen}}\n`,
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n${meta('hpa', 'app')}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: user}}\n`,
);

describe('what objects say', () => {
  const secrets = [{ name: 'gen', namespace: 'app', type: 'Opaque', keys: {}, where: {} }];
  const graph = graphOf({ name: 'app', main: objects, secrets });

  it.each([
    ['ConfigMap/app/env', 'Deployment.apps/app/user', 'applied'],
    ['Secret/app/gen', 'Deployment.apps/app/user', 'applied'],
    ['Secret/app/pull', 'Deployment.apps/app/user', 'applied'],
    ['ServiceAccount/app/runner', 'Deployment.apps/app/user', 'applied'],
    ['PriorityClass.scheduling.k8s.io/-/high', 'Deployment.apps/app/user', 'applied'],
    ['PersistentVolumeClaim/app/data', 'Deployment.apps/app/user', 'applied'],
    ['StorageClass.storage.k8s.io/-/fast', 'PersistentVolumeClaim/app/data', 'applied'],
    ['Namespace/-/app', 'ConfigMap/app/env', 'applied'],
    ['Namespace/-/app', 'Secret/app/gen', 'applied'],
    ['Role.rbac.authorization.k8s.io/app/r', 'RoleBinding.rbac.authorization.k8s.io/app/rb', 'applied'],
    ['RoleBinding.rbac.authorization.k8s.io/app/rb', 'Deployment.apps/app/user', 'applied'],
    ['Certificate.cert-manager.io/app/cert', 'Deployment.apps/app/user', 'ready'],
    ['ClusterIssuer.cert-manager.io/-/ca', 'Certificate.cert-manager.io/app/cert', 'ready'],
    [
      'CustomResourceDefinition.apiextensions.k8s.io/-/certificates.cert-manager.io',
      'Certificate.cert-manager.io/app/cert',
      'ready',
    ],
    ['SecretStore.external-secrets.io/app/vault', 'ExternalSecret.external-secrets.io/app/es', 'ready'],
    ['Gateway.gateway.networking.k8s.io/app/gw', 'HTTPRoute.gateway.networking.k8s.io/app/route', 'applied'],
    ['Service/app/guard', 'HTTPRoute.gateway.networking.k8s.io/app/route', 'applied'],
    ['GatewayClass.gateway.networking.k8s.io/-/envoy', 'Gateway.gateway.networking.k8s.io/app/gw', 'applied'],
    ['IngressClass.networking.k8s.io/-/nginx', 'Ingress.networking.k8s.io/app/in', 'applied'],
    ['Service/app/guard', 'ValidatingWebhookConfiguration.admissionregistration.k8s.io/-/guard', 'serving'],
    ['Deployment.apps/app/guard', 'ValidatingWebhookConfiguration.admissionregistration.k8s.io/-/guard', 'ready'],
    ['ValidatingWebhookConfiguration.admissionregistration.k8s.io/-/guard', 'Thing.acme.example/app/thing', 'serving'],
    ['ValidatingWebhookConfiguration.admissionregistration.k8s.io/-/guard', 'component/app/ready', 'serving'],
    ['Service/app/guard', 'APIService.apiregistration.k8s.io/-/v1.x.acme.example', 'serving'],
    ['Secret/app/gen', 'Thing.acme.example/app/thing', 'applied'],
    ['Deployment.apps/app/user', 'HorizontalPodAutoscaler.autoscaling/app/hpa', 'applied'],
    ['component/app/crds', 'Deployment.apps/app/user', 'applied'],
  ])('%s before %s until %s', (from, to, until) => expect(untilOf(graph, from, to)).toBe(until));

  it('gives every edge a reason', () => expect(graph.edges.filter(({ reason }) => reason === '')).toEqual([]));

  it('gives generated secrets nodes of their own', () =>
    expect(graph.nodes).toContainEqual(
      expect.objectContaining({ kind: 'secret', id: 'Secret/app/gen', component: 'app' }),
    ));
});

describe('a webhook', () => {
  const thing = `apiVersion: acme.example/v1\nkind: Thing\nmetadata: {name: thing, namespace: app, labels: {skip: 'yes'}}\n`;
  const served = all(service('guard'), deployment('guard'));
  const hook = 'ValidatingWebhookConfiguration.admissionregistration.k8s.io/-/guard';

  it.each([
    ['another group', webhook('other.example'), undefined],
    ['a wildcard', webhook('*'), 'serving'],
    [
      'an object selector',
      webhook('*', `  objectSelector: {matchExpressions: [{key: skip, operator: DoesNotExist}]}\n`),
      undefined,
    ],
    [
      'a namespace selector',
      webhook(
        '*',
        `  namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [app]}]}\n`,
      ),
      undefined,
    ],
  ])('with %s', (_, configuration, until) => {
    expect(
      untilOf(graphOf({ name: 'app', main: all(served, configuration, thing) }), hook, 'Thing.acme.example/app/thing'),
    ).toBe(until);
  });

  it('comes after a custom resource that its server waits for', () => {
    const maker = `apiVersion: cert-manager.io/v1\nkind: Certificate\n${meta('cert', 'app')}\nspec: {secretName: made}\n`;
    const needs = deployment('guard', 'volumes: [{name: a, secret: {secretName: made}}]');
    const graph = graphOf({ name: 'app', main: all(service('guard'), needs, webhook('cert-manager.io'), maker) });
    expect(untilOf(graph, hook, 'Certificate.cert-manager.io/app/cert')).toBeUndefined();
  });
});

describe('findings', () => {
  it('name the way round and every reason when objects contradict a hook', () => {
    const [finding] = failureOf({
      name: 'app',
      main: deployment('main', 'volumes: [{name: a, configMap: {name: late}}]'),
      post: configMap('late'),
    });
    expect(finding).toMatchObject({ code: 'E_PLAN_CYCLE', where: { file: 'app-post.yaml', line: 1 } });
    expect(finding?.what).toContain('ConfigMap app/late -> Deployment app/main');
    expect(finding?.why).toContain('pod mounts the ConfigMap');
    expect(finding?.fix).toContain('hook');
  });

  it('name both components when objects contradict a need', () => {
    const [finding] = failureOf(
      { name: 'a', main: deployment('a', 'volumes: [{name: a, persistentVolumeClaim: {claimName: data}}]') },
      {
        name: 'b',
        requires: ['a'],
        main: `apiVersion: v1\nkind: PersistentVolumeClaim\n${meta('data', 'app')}\nspec: {}\n`,
      },
    );
    expect(finding?.fix).toContain('remove that need');
    expect(finding?.related).toContainEqual({ file: '/catalog/b/component.yaml', line: 1 });
  });

  it('hold every object that cannot be read', () => {
    const broken = (name: string) => `apiVersion: v1\nkind: ConfigMap\n${meta(name, 'app')}\ndata: [}\n`;
    expect(failureOf({ name: 'a', main: all(broken('first'), broken('second')) })).toMatchObject([
      { code: 'E_MANIFEST_YAML' },
      { code: 'E_MANIFEST_YAML' },
    ]);
  });

  it('name both places of an object that comes twice', () => {
    const findings = failureOf({ name: 'a', main: configMap('x') }, { name: 'b', main: configMap('x') });
    expect(findings).toMatchObject([
      {
        code: 'E_PLAN_DUPLICATE',
        where: { file: 'b-main.yaml', line: 1 },
        related: [{ file: 'a-main.yaml', line: 1 }],
      },
    ]);
  });
});
