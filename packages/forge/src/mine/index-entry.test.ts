import { readGoYaml } from '@cluster-forge/kube/manifest/go-yaml';
import { describe, expect, test } from 'vitest';
import { sliceIndexEntry } from './index-entry.ts';

const index = `apiVersion: v1
entries:
  alpha:
  - version: 1.0.0
    description: |
      alpha-beta:
        not a key
  alpha-beta:
  - version: 2.0.0
    urls: [a, b]
  - version: 2.1.0
  omega:
    - version: 3.0.0
generated: "2026-01-01"
`;

describe('sliceIndexEntry', () => {
  test.each([
    ['alpha', ['1.0.0']],
    ['alpha-beta', ['2.0.0', '2.1.0']],
    ['omega', ['3.0.0']],
  ])('finds %s alone', (chart, versions) => {
    const list = readGoYaml(sliceIndexEntry(index, chart) ?? '');
    expect(list).toMatchObject(versions.map((version) => ({ version })));
    expect(list).toHaveLength(versions.length);
  });

  test.each([
    ['an unknown chart', index, 'beta'],
    ['JSON', JSON.stringify({ entries: { alpha: [] } }), 'alpha'],
    ['flow entries', 'entries: {alpha: []}\n', 'alpha'],
    ['other indentation', 'entries:\n    alpha:\n    - version: 1.0.0\n', 'alpha'],
  ])('leaves %s to the full parser', (_name, text, chart) => {
    expect(sliceIndexEntry(text, chart)).toBeUndefined();
  });

  test('reads the end of an entry that is larger than a search step', () => {
    const big = `entries:\n  alpha:\n${'  - version: 1.0.0\n'.repeat(20_000)}  beta:\n  - version: 2.0.0\n`;
    expect(readGoYaml(sliceIndexEntry(big, 'alpha') ?? '')).toHaveLength(20_000);
    expect(readGoYaml(sliceIndexEntry(big, 'beta') ?? '')).toEqual([{ version: '2.0.0' }]);
  });
});
