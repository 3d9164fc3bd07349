import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';

/** A chart on this computer that contestants render. */
export interface Chart {
  readonly name: string;
  readonly directory: string;
  readonly version: string;
}

/** Charts of FORGE_CHARTS (`<name>/<version>/Chart.yaml`, or `<name>/Chart.yaml`), one version each, whose dependencies are vendored. */
export function realCharts(root: string): readonly Chart[] {
  const charts = globSync('{*,*/*}/Chart.yaml', { cwd: root })
    .sort()
    .map((file) => readChart(join(root, dirname(file))));
  return [...new Map(charts.filter(isComplete).map((chart) => [chart.name, chart])).values()];
}

function readChart(directory: string): Chart {
  const about = readYaml(join(directory, 'Chart.yaml'));
  return {
    name: textOf(about['name']) ?? basename(directory),
    directory,
    version: textOf(about['version']) ?? '0.0.0',
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isComplete({ directory }: Chart): boolean {
  const { dependencies } = readYaml(join(directory, 'Chart.yaml'));
  return !Array.isArray(dependencies) || dependencies.length === 0 || existsSync(join(directory, 'charts'));
}

function readYaml(file: string): Record<string, unknown> {
  // A Chart.yaml is a map; helm refuses anything else.
  return parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

/** Writes `count` charts of ordinary shape: workloads from loops and helpers, a values file, and a CRD of some kilobytes in every third. */
export function generateCharts(root: string, count: number): readonly Chart[] {
  return Array.from({ length: count }, (_, at) => {
    const name = `chart-${String(at).padStart(2, '0')}`;
    const directory = join(root, name);
    for (const [file, text] of Object.entries(chartFiles(name, at))) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
    }
    return { name, directory, version: '1.0.0' };
  });
}

function chartFiles(name: string, at: number): Readonly<Record<string, string>> {
  return {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\nappVersion: "1.0"\n`,
    'values.yaml': `replicas: 2\nimage: registry.example/${name}:1.0.0\nworkers:\n${Array.from({ length: 8 }, (_, worker) => `  - {name: worker-${worker}, cpu: "${worker + 1}00m"}\n`).join('')}`,
    'templates/_names.tpl': `{{- define "labels" -}}\napp.kubernetes.io/name: {{ .Chart.Name }}\napp.kubernetes.io/instance: {{ .Release.Name }}\n{{- end -}}\n`,
    'templates/workers.yaml': workers,
    'templates/config.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  labels: {{- include "labels" . | nindent 4 }}\ndata:\n  values: {{ .Values | toYaml | quote }}\n`,
    ...(at % 3 === 0 ? { 'crds/crd.yaml': crd(name) } : {}),
  };
}

const workers = `{{- range .Values.workers }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $.Release.Name }}-{{ .name }}
  labels: {{- include "labels" $ | nindent 4 }}
spec:
  replicas: {{ $.Values.replicas }}
  selector: {matchLabels: {worker: {{ .name }}}}
  template:
    metadata: {labels: {worker: {{ .name }}}}
    spec:
      containers:
        - name: main
          image: {{ $.Values.image }}
          resources: {requests: {cpu: {{ .cpu }}}}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $.Release.Name }}-{{ .name }}
spec:
  selector: {worker: {{ .name }}}
  ports: [{port: 80}]
{{- end }}
`;

function crd(name: string): string {
  const fields = Array.from(
    { length: 200 },
    (_, field) =>
      `                field${field}: {type: string, description: "${'what this field means '.repeat(6)}"}\n`,
  ).join('');
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.${name}.example.com}
spec:
  group: ${name}.example.com
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
${fields}`;
}
