import { isObject, type Json } from '@cluster-forge/base';
import type { KubeObject } from '@cluster-forge/kube/object';

/** One object for the API server and for our validator: both must accept it, or both refuse it. */
export interface Sample {
  readonly title: string;
  readonly object: KubeObject;
}

const metadata = { name: 'sample', namespace: 'default' };
const container = {
  name: 'main',
  image: 'registry.example/app:1.0',
  ports: [
    { containerPort: 53, protocol: 'TCP' },
    { containerPort: 53, protocol: 'UDP' },
  ],
  env: [
    { name: 'A', value: '1' },
    { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
  ],
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: 1, memory: '1Gi' } },
  livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
  imagePullPolicy: 'IfNotPresent',
};
const template = {
  metadata: { labels: { app: 'sample' } },
  spec: {
    containers: [container],
    volumes: [{ name: 'v', configMap: { name: 'c', defaultMode: 420 } }],
    restartPolicy: 'Always',
  },
};
const selector = { matchLabels: { app: 'sample' } };

/** Objects that an API server without admission plugins accepts, one for each kind that platforms use most. */
const GOOD: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' }, binaryData: { b: 'aGk=' }, immutable: false },
  { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { a: 'aGk=' }, stringData: { b: 'x' } },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      selector: { app: 'x' },
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
    imagePullSecrets: [{ name: 'x' }],
    automountServiceAccountToken: true,
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { 'requests.cpu': '10', pods: 5 } } },
  { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector,
      template,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      serviceName: 's',
      selector,
      template,
      volumeClaimTemplates: [
        {
          metadata: { name: 'd' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector, template } },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { backoffLimit: 3, template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: {
      schedule: '0 * * * *',
      jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
    },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'default' }],
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'sample' }, rules: null },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: {
      ingressClassName: 'n',
      rules: [
        {
          host: 'a.example',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
          },
        },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }] },
  },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec: { minAvailable: 1, selector } },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    },
  },
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'sample' },
    value: 1000,
    preemptionPolicy: 'Never',
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'sample' },
    provisioner: 'x.example/y',
    parameters: { a: 'b' },
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'sample' },
    webhooks: [
      {
        name: 'a.b.example',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        clientConfig: { service: { namespace: 'default', name: 's' } },
        rules: [{ apiGroups: ['nowhere.example'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] }],
      },
    ],
  },
];

/** Each good object of a built-in kind, and each of it with one field broken in each of several ways. */
export function corpus(): readonly Sample[] {
  return GOOD.flatMap(samplesOf);
}

/** A good object as it is, and with one field broken in each of several ways. */
export function samplesOf(object: KubeObject): readonly Sample[] {
  return [{ title: `${object.kind} as it is`, object }, ...broken(object, [], object)];
}

/** Identity is what requests are addressed with, so it stays whole. */
const KEPT = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace']);

function broken(root: KubeObject, path: readonly (string | number)[], value: Json): readonly Sample[] {
  const name = path.join('.');
  if (KEPT.has(name)) return [];
  const own =
    path.length === 0 || name === 'metadata'
      ? []
      : mutations(value).map(([how, change]) => sample(root, path, `${name} ${how}`, change));
  const children: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((item: Json, index) => [index, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [...own, ...children.flatMap(([step, child]) => broken(root, [...path, step], child))];
}

const REMOVED = Symbol('removed');

function mutations(value: Json): readonly (readonly [string, Json | typeof REMOVED])[] {
  const common = [
    ['removed', REMOVED],
    ['null', null],
  ] as const;
  if (Array.isArray(value))
    return [...common, ['as text', 'x'], ['as map', { a: 'b' }], ['repeated', [...value, ...value.slice(0, 1)]]];
  if (isObject(value))
    return [...common, ['as text', 'x'], ['as list', ['x']], ['with a strange field', { ...value, strangeField: 'x' }]];
  if (typeof value === 'string')
    return [...common, ['as number', 7], ['as boolean', true], ['as map', { a: 'b' }], ['as list', ['x']]];
  return [
    ...common,
    ['as text', 'x'],
    ['in quotes', JSON.stringify(value)],
    ['as fraction', 1.5],
    ['as map', { a: 'b' }],
    ['huge', 4_294_967_296],
  ];
}

function sample(
  root: KubeObject,
  path: readonly (string | number)[],
  how: string,
  change: Json | typeof REMOVED,
): Sample {
  // Identity is never changed.
  return { title: `${root.kind} with ${how}`, object: replaced(root, path, change) as KubeObject };
}

function replaced(value: Json, [step, ...rest]: readonly (string | number)[], change: Json | typeof REMOVED): Json {
  if (step === undefined) return change === REMOVED ? null : change;
  const gone = rest.length === 0 && change === REMOVED;
  if (Array.isArray(value)) {
    return value.flatMap((item: Json, index) =>
      index === step ? (gone ? [] : [replaced(item, rest, change)]) : [item],
    );
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      key === step ? (gone ? [] : [[key, replaced(item, rest, change)]]) : [[key, item]],
    ),
  );
}
