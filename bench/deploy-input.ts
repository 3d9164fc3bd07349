import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a platform of many small components: workloads, configuration, a CRD with objects of it in every fifth, needs between neighbours. */
export function generatePlatform(folder: string, count: number): string {
  const names = Array.from({ length: count }, (_, at) => `part-${String(at).padStart(2, '0')}`);
  for (const [at, name] of names.entries()) writeComponent(join(folder, 'catalog', name), name, at, names);
  const file = join(folder, 'platform.yaml');
  writeFileSync(
    file,
    `apiVersion: clusterforge.dev/v1alpha1\nkind: Platform\nmetadata: {name: generated}\nspec:\n  components:\n${names.map((name) => `    ${name}: {}\n`).join('')}`,
  );
  return file;
}

function writeComponent(directory: string, name: string, at: number, names: readonly string[]): void {
  const need = at % 4 === 0 ? undefined : names[at - 1];
  const requires = need === undefined ? '' : `  requires: [{component: ${need}}]\n`;
  mkdirSync(join(directory, 'manifests'), { recursive: true });
  writeFileSync(
    join(directory, 'component.yaml'),
    `apiVersion: clusterforge.dev/v1alpha1\nkind: Component\nmetadata: {name: ${name}, category: bench, title: a part, license: Apache-2.0}\nspec:\n  version: 1.0.0\n  namespace: ${name}\n${requires}  sources: [{files: {directory: manifests, include: ["*.yaml"]}}]\n  gate: {settle: 0s}\n`,
  );
  writeFileSync(
    join(directory, 'manifests', 'all.yaml'),
    [...workloads(name), ...(at % 5 === 0 ? customKind(name) : [])].join('---\n'),
  );
}

function workloads(name: string): readonly string[] {
  return Array.from({ length: 4 }, (_, at) => {
    const one = `${name}-${at}`;
    return [
      `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${one}}\n`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${one}}\ndata: {settings: "${'x'.repeat(400)}"}\n`,
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${one}}\nspec: {selector: {app: ${one}}, ports: [{port: 80}]}\n`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${one}}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: ${one}}}\n  template:\n    metadata: {labels: {app: ${one}}}\n    spec:\n      serviceAccountName: ${one}\n      containers:\n        - name: main\n          image: registry.example/${one}:1.0.0\n          envFrom: [{configMapRef: {name: ${one}}}]\n          resources: {requests: {cpu: 10m, memory: 16Mi}}\n`,
    ];
  }).flat();
}

function customKind(name: string): readonly string[] {
  const group = `${name}.example.com`;
  const crd = `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.${group}}\nspec:\n  group: ${group}\n  names: {kind: Thing, plural: things}\n  scope: Namespaced\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, x-kubernetes-preserve-unknown-fields: true}}}}\n`;
  return [
    crd,
    ...Array.from(
      { length: 3 },
      (_, at) => `apiVersion: ${group}/v1\nkind: Thing\nmetadata: {name: thing-${at}}\nspec: {size: ${at}}\n`,
    ),
  ];
}
