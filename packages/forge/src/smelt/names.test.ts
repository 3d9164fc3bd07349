import { array, assert, constantFrom, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectKey, type ObjectId } from '@cluster-forge/kube/object';
import { fileNames } from './names.ts';

const id = (kind: string, name: string, namespace?: string, apiVersion = 'v1'): ObjectId => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

describe('fileNames', () => {
  test('kind and name; the namespace where it is another one', () => {
    const ids = [
      id('ConfigMap', 'a', 'own'),
      id('ConfigMap', 'a', 'other'),
      id('ClusterRole', 'x:y'),
      id('Service', 'a'),
    ];
    expect(fileNames(ids, 'own')).toEqual([
      'configmap-a.yaml',
      'configmap-a-other.yaml',
      'clusterrole-x-y.yaml',
      'service-a.yaml',
    ]);
  });

  test('names that are equal without case or group get a hash each', () => {
    const ids = [
      id('Service', 'a', 'own'),
      id('Service', 'a', 'own', 'serving.knative.dev/v1'),
      id('ClusterRole', 'A'),
      id('ClusterRole', 'a'),
    ];
    const names = fileNames(ids, 'own');
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^(?:service|clusterrole)-a_[0-9a-f]{10}\.yaml$/);
  });

  test('a name as long as Kubernetes allows still makes a file', () => {
    const [name = ''] = fileNames([id('ConfigMap', 'a'.repeat(253), 'b'.repeat(63))], 'own');
    expect(Buffer.byteLength(name)).toBeLessThan(255);
  });

  test('different objects never share a file, and order changes nothing', () => {
    const part = constantFrom('a', 'A', 'a-b', 'b', 'a:b', 'a.b', 'configmap', 'a'.repeat(253));
    const ids = record({
      apiVersion: constantFrom('v1', 'x/v1'),
      kind: constantFrom('A', 'a', 'A-b'),
      name: part,
      namespace: part,
    });
    assert(
      property(array(ids, { maxLength: 12 }), (list) => {
        const unique = [...new Map(list.map((one) => [objectKey(one), one])).values()];
        const names = fileNames(unique, 'b');
        expect(new Set(names).size).toBe(unique.length);
        expect(fileNames(unique.toReversed(), 'b').toReversed()).toEqual(names);
        for (const name of names) expect(name).toMatch(/^[a-z0-9._-]+\.yaml$/);
      }),
    );
  });
});
