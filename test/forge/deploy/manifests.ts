/** YAML of objects that tests deploy; each ends with a document separator. */
export const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n---\n`;

export const configMap = (space: string, name: string, value = 'a'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${space}}\ndata: {key: ${value}}\n---\n`;

export interface DeploymentSpec {
  readonly replicas?: number;
  readonly image?: string;
  /** More of the pod spec, as flow YAML without braces. */
  readonly pod?: string;
}

export const deployment = (
  space: string,
  name: string,
  { replicas = 1, image = 'example/app:1', pod = '' }: DeploymentSpec = {},
): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${space}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: app, image: '${image}'}]${pod === '' ? '' : `, ${pod}`}}
---
`;

export const job = (space: string, name: string, argument = 'one', more = ''): string => `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, namespace: ${space}}
spec:
  ${more}
  template:
    spec: {restartPolicy: Never, containers: [{name: job, image: 'example/job:1', args: [${argument}]}]}
---
`;

export interface CrdSpec {
  readonly group?: string;
  readonly plural?: string;
  readonly singular?: string;
}

export const crd = (
  kind: string,
  { group = 'example.com', plural = `${kind.toLowerCase()}s`, singular = kind.toLowerCase() }: CrdSpec = {},
): string =>
  `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: ${kind}, plural: ${plural}, singular: ${singular}}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---
`;

export const custom = (space: string, kind: string, name: string, group = 'example.com'): string =>
  `apiVersion: ${group}/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${space}}\nspec: {size: 1}\n---\n`;
