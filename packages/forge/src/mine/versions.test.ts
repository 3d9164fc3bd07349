import { describe, expect, test } from 'vitest';
import { nearestVersions, pickVersion } from './versions.ts';

const published = ['1.0.0', '1.2.0', 'v1.2.3', '1.10.0', '2.0.0', '2.1.0-rc.1', 'nightly', '1.5.0+a', '1.5.0+b'];

describe('pickVersion', () => {
  test.each([
    ['1.2.0', '1.2.0'],
    ['v1.2.0', '1.2.0'],
    ['1.2.3', 'v1.2.3'],
    ['1.5.0+b', '1.5.0+b'],
    ['1.5.0+c', undefined],
    ['nightly', 'nightly'],
    ['^1', '1.10.0'],
    ['~1.2.0', 'v1.2.3'],
    ['>=1.0.0, <1.3.0', 'v1.2.3'],
    ['1.x', '1.10.0'],
    ['', '2.0.0'],
    ['*', '2.0.0'],
    ['>=2.1.0-0', '2.1.0-rc.1'],
    ['^3', undefined],
    ['not a range', undefined],
  ])('%j gives %j', (request, version) => {
    expect(pickVersion(request, published)).toBe(version);
  });
});

describe('nearestVersions', () => {
  test('a misspelt patch finds its neighbours, newest first', () => {
    expect(nearestVersions('1.2.1', published, 2)).toEqual(['v1.2.3', '1.2.0']);
  });

  test('a range nobody satisfies lists the newest', () => {
    expect(nearestVersions('^9', published, 2)).toEqual(['2.1.0-rc.1', '2.0.0']);
  });
});
