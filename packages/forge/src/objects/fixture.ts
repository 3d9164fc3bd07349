import { digestOf } from '@cluster-forge/base/hash';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import type { Component, Platform } from '../config/platform.ts';
import type { Rendered, RenderedObject } from '../smelt/rendered.ts';

/** One component for a test: its objects as YAML by phase, and whatever else the test is about. */
export interface ComponentFixture extends Partial<Omit<Component, 'requires'>> {
  readonly name: string;
  readonly main?: string;
  readonly pre?: string;
  readonly post?: string;
  /** Names of the components it requires. */
  readonly requires?: readonly string[];
}

/** A platform and what it renders to, for tests of check and plan. Hook weights come from the annotation `helm.sh/hook-weight`. */
export function platformOf(...fixtures: readonly ComponentFixture[]): {
  readonly platform: Platform;
  readonly rendered: readonly Rendered[];
} {
  const components = fixtures.map(componentOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  const platform = { name: 'test', directory: '/platform', params: {}, components, providers: {}, origins: new Map() };
  return { platform, rendered: fixtures.map(renderedOf) };
}

function componentOf({ requires = [], main: _main, pre: _pre, post: _post, ...rest }: ComponentFixture): Component {
  return {
    directory: `/catalog/${rest.name}`,
    version: 'v1.0.0',
    category: 'test',
    title: rest.name,
    namespace: rest.name,
    sources: [],
    values: {},
    provides: [],
    secrets: [],
    health: [],
    simulate: [],
    gate: { timeoutMs: 1000, settleMs: 0 },
    where: { file: `/catalog/${rest.name}/component.yaml`, line: 1 },
    ...rest,
    requires: requires.map((component) => ({ component, reason: `component ${component}` })),
  };
}

function renderedOf({ name, pre = '', main = '', post = '' }: ComponentFixture): Rendered {
  const objects = [...objectsOf(name, 'pre', pre), ...objectsOf(name, 'main', main), ...objectsOf(name, 'post', post)];
  return { component: name, fingerprint: digestOf(pre + main + post), objects, withheld: [], cached: false };
}

function objectsOf(component: string, phase: RenderedObject['phase'], text: string): readonly RenderedObject[] {
  return readManifests(text, `${component}-${phase}.yaml`).map((manifest) => ({
    manifest,
    phase,
    weight: Number(manifest.annotations['helm.sh/hook-weight'] ?? 0),
    file: `/platform/working/${component}/${manifest.id.kind}-${manifest.id.name}.yaml`,
  }));
}

/* Small objects as YAML; all namespaced ones live in `app`. */

export const meta = (name: string, namespace?: string) =>
  `metadata: {name: ${name}${namespace === undefined ? '' : `, namespace: ${namespace}`}}`;
export const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\n${meta(name, 'app')}\n`;
export const deployment = (name: string, pod = '') =>
  `apiVersion: apps/v1\nkind: Deployment\n${meta(name, 'app')}\nspec: {template: {metadata: {labels: {app: ${name}}}, spec: {${pod}}}}\n`;
export const job = (name: string, annotations = '') =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${name}, namespace: app, annotations: {${annotations}}}\nspec: {template: {spec: {}}}\n`;
export const crd = (group: string, kind: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${kind.toLowerCase()}s.${group}}
spec:
  group: ${group}
  names: {kind: ${kind}, plural: ${kind.toLowerCase()}s}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`;
export const webhook = (group: string, extra = '') => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
- name: guard.acme.example
  clientConfig: {service: {name: guard, namespace: app}}
  rules: [{apiGroups: ['${group}'], apiVersions: ['*'], operations: [CREATE], resources: ['*']}]
${extra}`;
export const service = (name: string) =>
  `apiVersion: v1\nkind: Service\n${meta(name, 'app')}\nspec: {selector: {app: ${name}}}\n`;
export const all = (...documents: readonly string[]) => documents.join('---\n');
