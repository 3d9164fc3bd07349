import { describe, expect, test } from 'vitest';
import { placementOf } from './hooks.ts';

describe('placementOf', () => {
  test.each([
    [undefined, 'main 0'],
    ['pre-install', 'pre 0'],
    ['pre-upgrade,pre-install', 'pre 0'],
    ['pre-upgrade, pre-install', 'pre 0'],
    ['crd-install', 'pre 0'],
    ['post-install,post-upgrade', 'post 0'],
    ['pre-install,post-install', 'pre 0'],
    ['Post-Install', 'post 0'],
    ['pre-upgrade', 'Helm hook for upgrades only'],
    ['post-upgrade', 'Helm hook for upgrades only'],
    ['pre-delete', 'Helm hook for deletion'],
    ['post-rollback', 'Helm hook for rollback'],
    ['test', 'Helm test hook'],
    ['test-success', 'Helm test hook'],
    ['whenever', 'unknown Helm hook "whenever"'],
  ])('%s', (hook, expected) => {
    const placement = placementOf(hook === undefined ? {} : { 'helm.sh/hook': hook });
    const text = placement.kind === 'apply' ? `${placement.phase} ${placement.weight}` : placement.reason;
    expect(text).toBe(expected);
  });

  test.each([
    ['-5', -5],
    ['+3', 3],
    ['soon', 0],
    ['1.5', 0],
  ])('weight %s counts as %d', (text, weight) => {
    const annotations = { 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': text };
    expect(placementOf(annotations)).toEqual({ kind: 'apply', phase: 'pre', weight });
  });
});
