import { component, platform } from '@cluster-forge/forge/config/fixture';

/** Annotations of a pod; see packages/lab/src/stages/pod.yaml. */
type Simulation = Readonly<Record<string, string>>;

const objects = `apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {greeting: hello}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
`;

const definition = (plural: string, singular: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.test.example}
spec:
  group: test.example
  scope: Namespaced
  names: {kind: ${plural[0]?.toUpperCase()}${plural.slice(1, -1)}, plural: ${plural}, singular: ${singular}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}
`;

function deployment(simulation: Simulation): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: ${JSON.stringify(simulation)}
    spec:
      serviceAccountName: web
      containers:
        - name: web
          image: registry.example/web:1.0.0
          env:
            - name: PASSWORD
              valueFrom: {secretKeyRef: {name: web-credentials, key: password}}
            - name: GREETING
              valueFrom: {configMapKeyRef: {name: settings, key: greeting}}
`;
}

const widgets = Array.from(
  { length: 20 },
  (_, at) => `apiVersion: test.example/v1\nkind: Widget\nmetadata: {name: widget-${at}}\nspec: {at: ${at}}\n`,
).join('---\n');

/** A definition with twenty objects of its kind, and a web server with a generated secret: every sort of edge and gate there is, in a few seconds. */
export function smallPlatform(simulation: Simulation = {}): Readonly<Record<string, string>> {
  return {
    'platform.yaml': platform('  components: {definitions: {}, widgets: {}, web: {}}'),
    'catalog/definitions/component.yaml': component(
      'definitions',
      '  sources: [{files: objects}]\n  gate: {settle: 0s}\n  provides: [{crd: widgets.test.example}]',
    ),
    'catalog/definitions/objects/widgets.yaml': definition('widgets', 'widget'),
    'catalog/widgets/component.yaml': component(
      'widgets',
      '  sources: [{files: objects}]\n  namespaceLabels: {}\n  gate: {settle: 0s}\n  requires: [{component: definitions}]',
    ),
    'catalog/widgets/objects/widgets.yaml': widgets,
    'catalog/web/component.yaml': component(
      'web',
      '  sources: [{files: objects}]\n  namespaceLabels: {}\n  gate: {settle: 0s}\n  secrets: {web-credentials: {keys: {password: {generate: password}}}}',
    ),
    'catalog/web/objects/web.yaml': `${objects}---\n${deployment(simulation)}`,
  };
}

/** A definition whose singular name is taken: the API server stores it and never serves it. */
export const clashingDefinition: Readonly<Record<string, string>> = {
  'catalog/definitions/objects/gadgets.yaml': definition('gadgets', 'widget'),
};
