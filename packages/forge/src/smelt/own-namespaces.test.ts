import { describe, expect, test } from 'vitest';
import { manifestOfText } from '@cluster-forge/kube/manifest/read-manifests';
import type { Component } from '../config/platform.ts';
import type { FinishedObject } from './finish.ts';
import { addNamespaces } from './own-namespaces.ts';

function component(name: string, change: Partial<Component> = {}): Component {
  const base = {
    directory: '/',
    version: '1',
    category: 'x',
    title: name,
    namespace: 'shared',
    sources: [],
    values: {},
  };
  const rest = {
    requires: [],
    provides: [],
    secrets: [],
    health: [],
    simulate: [],
    gate: { timeoutMs: 1, settleMs: 0 },
  };
  return { name, ...base, ...rest, where: { file: `${name}.yaml` }, ...change };
}

const needs = (name: string) => ({ component: name, reason: `component ${name}` });

function object(text: string): FinishedObject {
  return { manifest: manifestOfText(text), placement: { kind: 'apply', phase: 'main', weight: 0 } };
}

function add(components: readonly Component[], objects: Readonly<Record<string, readonly FinishedObject[]>> = {}) {
  const result = addNamespaces(components.map((one) => ({ component: one, objects: objects[one.name] ?? [] })));
  if (!result.ok) return result.failure;
  return result.value.flatMap((one) =>
    one.objects.map(
      ({ manifest }) =>
        `${one.component.name}: ${manifest.id.kind} ${manifest.id.name} ${JSON.stringify(manifest.labels)}`,
    ),
  );
}

describe('addNamespaces', () => {
  test('a component gets the namespace it declares, and none when it declares none', () => {
    expect(add([component('a', { namespaceLabels: { x: '1' } }), component('b')])).toEqual([
      'a: Namespace shared {"clusterforge.dev/component":"a","x":"1"}',
    ]);
  });

  test('of those that share one, the one that needs no other makes it, with the labels of all', () => {
    const components = [
      component('a', { namespaceLabels: { x: '1' }, requires: [needs('middle')] }),
      component('middle', { namespace: 'm', requires: [needs('z')] }),
      component('z', { namespaceLabels: { y: '2' } }),
    ];
    expect(add(components)).toEqual(['z: Namespace shared {"clusterforge.dev/component":"z","x":"1","y":"2"}']);
  });

  test('a namespace that a source brings is labelled, not made twice', () => {
    const own = object('apiVersion: v1\nkind: Namespace\nmetadata: {name: shared, labels: {x: "0", z: "3"}}\n');
    expect(add([component('a', { namespaceLabels: { x: '1' } }), component('b')], { b: [own] })).toEqual([
      'b: Namespace shared {"x":"1","z":"3"}',
    ]);
  });

  test('labels that contradict each other are told with both places', () => {
    const components = [
      component('a', { namespaceLabels: { x: '1' } }),
      component('b', { namespaceLabels: { x: '2' } }),
    ];
    expect(add(components)).toMatchObject([
      { code: 'E_SMELT_NAMESPACE', where: { file: 'b.yaml' }, related: [{ file: 'a.yaml' }] },
    ]);
  });
});
