import { isObject, type Json, type JsonObject } from '@cluster-forge/base';
import { parseQuantity } from '@cluster-forge/base/cel/quantity';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { textMap, textOf } from './json.ts';
import { containersOf } from './pod-security.ts';

/** A workload's pod template, with what it takes to name it in a failed test. */
export interface PodTemplate {
  /** `StatefulSet airm/postgres`. */
  readonly name: string;
  readonly kind: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  readonly replicas: number;
}

const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

export function podTemplatesOf(objects: readonly KubeObject[]): readonly PodTemplate[] {
  return objects.flatMap((object) => {
    const path = templatePaths[object.kind];
    const template = path === undefined ? undefined : fieldAt(object, ...path);
    const spec = fieldAt(template, 'spec');
    if (!isObject(spec)) return [];
    const namespace = textOf(object.metadata['namespace'] ?? 'default');
    return [
      {
        name: `${object.kind} ${namespace}/${object.metadata.name}`,
        kind: object.kind,
        namespace,
        labels: textMap(fieldAt(template, 'metadata', 'labels')),
        spec,
        replicas: Number(fieldAt(object, 'spec', 'replicas') ?? 1),
      },
    ];
  });
}

export function containerSpecs(template: PodTemplate): readonly JsonObject[] {
  return containersOf(template.spec).map(({ spec }) => spec);
}

/** Every Secret a pod reads, with the keys it names; no key means the whole Secret. */
export function secretUses(template: PodTemplate): readonly { readonly name: string; readonly key?: string }[] {
  const found: { readonly name: string; readonly key?: string }[] = [];
  visit(template.spec, (map) => {
    const reference = map['secretKeyRef'];
    if (isObject(reference)) found.push({ name: textOf(reference['name']), key: textOf(reference['key']) });
    const volume = map['secret'];
    if (!isObject(volume)) return;
    const name = textOf(volume['secretName'] ?? volume['name']);
    const items = Array.isArray(volume['items']) ? volume['items'].filter(isObject) : [];
    if (items.length === 0) found.push({ name });
    found.push(...items.map(({ key }) => ({ name, key: textOf(key) })));
  });
  return found;
}

/** Calls `see` for every map in a value. */
export function visit(value: Json | undefined, see: (map: JsonObject) => void): void {
  if (Array.isArray(value)) value.forEach((item: Json) => visit(item, see));
  else if (isObject(value)) {
    see(value);
    Object.values(value).forEach((item) => visit(item, see));
  }
}

/** A Kubernetes quantity as a number of base units: cores, bytes, pieces. */
export function amount(value: Json | undefined): number {
  const quantity = parseQuantity(textOf(value ?? 0));
  if (quantity === undefined) throw new TypeError(`${textOf(value)} is not a quantity`);
  return Number(quantity.nano) / 1e9;
}
