import { expect, test } from 'vitest';
import { nodeGroupsOf } from './node-groups.ts';

const summary = (words: Parameters<typeof nodeGroupsOf>[0]) =>
  nodeGroupsOf(words)?.map(({ profile, count }) => [profile.name, count, profile.gpu?.count ?? 0]);

test.each([
  ['nothing asked', { gpus: [], groups: [] }, undefined],
  ['workers only', { nodes: '5', gpus: [], groups: [] }, [['cpu', 5, 0]]],
  ['every node with GPUs', { nodes: '100', gpus: ['amd.com/gpu=8'], groups: [] }, [['mi300x-x8', 100, 8]]],
  [
    'some nodes with GPUs',
    { nodes: '10', gpus: ['nvidia.com/gpu=4:L40S@3'], groups: [] },
    [
      ['cpu', 7, 0],
      ['l40s-x4', 3, 4],
    ],
  ],
  [
    'two sorts share evenly',
    { nodes: '10', gpus: ['amd.com/gpu=8', 'nvidia.com/gpu=8'], groups: [] },
    [
      ['mi300x-x8', 5, 8],
      ['h100-80gb-x8', 5, 8],
    ],
  ],
  [
    'profiles as they are',
    { gpus: [], groups: ['mi300x=2', 'infra=1'] },
    [
      ['mi300x', 2, 8],
      ['infra', 1, 0],
    ],
  ],
] as const)('%s', (_, words, expected) => expect(summary(words)).toEqual(expected));

test.each([
  ['not a number', { nodes: 'many', gpus: [], groups: [] }],
  ['more GPU nodes than nodes', { nodes: '2', gpus: ['amd.com/gpu=8@3'], groups: [] }],
  ['an unknown model', { nodes: '2', gpus: ['amd.com/gpu=8:MI9'], groups: [] }],
  ['an unknown profile', { gpus: [], groups: ['mi9=2'] }],
  ['a resource without a count', { nodes: '2', gpus: ['amd.com/gpu'], groups: [] }],
])('%s is a usage error', (_, words) =>
  expect(() => nodeGroupsOf(words)).toThrow(expect.objectContaining({ code: 'E_CLI_USAGE' })),
);
