import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { gpuModels } from './gpu.ts';
import { nodesOf } from './nodes.ts';
import { airmLocalNodes, nodeProfiles } from './profiles.ts';

const labels = (node: KubeObject | undefined) => fieldAt(node, 'metadata', 'labels');

test('the default lab has eight nodes, four with eight AMD GPUs', () => {
  const gpus = nodesOf(airmLocalNodes, 0).map((node) => fieldAt(node, 'status', 'allocatable', 'amd.com/gpu'));
  expect(gpus).toEqual([undefined, undefined, undefined, undefined, '8', '8', '8', '8']);
});

test('names, addresses and pod ranges are unique and well formed, whatever the groups', () => {
  const group = fc.record({
    count: fc.integer({ min: 0, max: 300 }),
    profile: fc.constantFrom(...Object.values(nodeProfiles)),
  });
  fc.assert(
    fc.property(fc.uniqueArray(group, { selector: ({ profile }) => profile.name, maxLength: 5 }), (groups) => {
      const nodes = nodesOf(groups, 0);
      for (const path of [
        ['metadata', 'name'],
        ['spec', 'podCIDR'],
        ['status', 'addresses', 0, 'address'],
      ]) {
        expect(new Set(nodes.map((node) => fieldAt(node, ...path))).size).toBe(nodes.length);
      }
      for (const node of nodes)
        expect(fieldAt(node, 'spec', 'podCIDR')).toMatch(
          /^10\.(1[3-9]\d|12[89]|2[0-4]\d|25[0-5])\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])\.0\/24$/,
        );
    }),
    { numRuns: 50 },
  );
});

test('two groups of one name are refused', () => {
  expect(() =>
    nodesOf(
      [
        { profile: nodeProfiles.cpu, count: 1 },
        { profile: nodeProfiles.cpu, count: 1 },
      ],
      0,
    ),
  ).toThrow(expect.objectContaining({ code: 'E_LAB_NODES', exit: 2 }));
});

test('zones are taken in turn, a profile may add labels and taints', () => {
  const profile = {
    ...nodeProfiles.cpu,
    labels: { tier: 'gold' },
    taints: [{ key: 'only', value: 'me', effect: 'NoExecute' as const }],
  };
  const nodes = nodesOf([{ profile, count: 3, zones: ['a', 'b'] }], 0);
  expect(nodes.map((node) => fieldAt(labels(node), 'topology.kubernetes.io/zone'))).toEqual(['a', 'b', 'a']);
  expect(fieldAt(labels(nodes[0]), 'tier')).toBe('gold');
  expect(fieldAt(nodes[0], 'spec', 'taints')).toEqual([{ key: 'only', value: 'me', effect: 'NoExecute' }]);
});

describe('labels of GPUs', () => {
  test.each(Object.keys(gpuModels))('%s: every value is a valid label value', (model) => {
    const resource = gpuModels[model]?.vendor === 'amd' ? 'amd.com/gpu' : 'nvidia.com/gpu';
    const [node] = nodesOf([{ profile: { ...nodeProfiles.cpu, gpu: { resource, count: 8, model } }, count: 1 }], 0);
    for (const [key, value] of Object.entries(labels(node) ?? {})) {
      expect(`${key}=${String(value)}`).toMatch(
        /^[a-z0-9A-Z./_-]{1,300}=([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/,
      );
      expect(String(value)).not.toBe('undefined');
    }
  });

  test("a resource without a model has its vendor's usual one, an unknown model only counts", () => {
    const node = (model?: string) =>
      nodesOf(
        [
          {
            profile: {
              ...nodeProfiles.cpu,
              gpu: { resource: 'nvidia.com/gpu', count: 2, ...(model === undefined ? {} : { model }) },
            },
            count: 1,
          },
        ],
        0,
      )[0];
    expect(fieldAt(labels(node()), 'nvidia.com/gpu.product')).toBe('NVIDIA-H100-80GB-HBM3');
    expect(fieldAt(labels(node('B900')), 'nvidia.com/gpu.product')).toBeUndefined();
    expect(fieldAt(node('B900'), 'status', 'capacity', 'nvidia.com/gpu')).toBe('2');
  });
});
