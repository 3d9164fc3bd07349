import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { builderCount, toolMirrors } from './create-toolchain.ts';
import { pins } from './pins.ts';
import { isAtLeast, parseVersion } from './version.ts';

it.each([
  ['etcd Version: 3.6.16\nGo Version: go1.26.8', '3.6.16'],
  ['Kubernetes v1.36.3', '1.36.3'],
  ['v4.3.1+gabcdef0', '4.3.1'],
  ['go version go1.26.8 linux/amd64', '1.26.8'],
  ['git version 2.39.5 (Apple Git-154)', '2.39.5'],
  ['v4.3', undefined],
  ['10.0.0.1', '10.0.0'],
  ['', undefined],
])('the version in %j is %j', (text, version) => {
  expect(parseVersion(text)).toBe(version);
});

it.each([
  ['1.26.0', '1.26.0', true],
  ['1.26.10', '1.26.9', true],
  ['1.25.99', '1.26.0', false],
  ['2.0.0', '1.99.99', true],
  ['1.26', '1.26.1', false],
])('%s is at least %s: %s', (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});

it.each([
  [1, 64, 2],
  [16, 64, 8],
  [16, 5, 2],
  [16, 0.5, 1],
])('%d cores and %d GiB build %d at once', (cores, gibibytes, count) => {
  expect(builderCount(cores, gibibytes * 1024 ** 3)).toBe(count);
});

it('a mirror of tools has a folder for each host', () => {
  expect(toolMirrors(pins, 'https://mirror.example/tools/')).toContainEqual({
    from: 'https://get.helm.sh',
    to: 'https://mirror.example/tools/get.helm.sh',
  });
  expect(toolMirrors(pins, '')).toEqual([]);
});

it('every pin has a recipe, and every digest is one', async () => {
  const recipes = new URL('../../../toolchain/', import.meta.url);
  for (const pin of pins.filter((each) => each.kind === 'pinned')) {
    const text = await readFile(new URL(`${pin.build.folder}/go.mod`, recipes), 'utf8');
    expect(text).toContain(pin.build.package);
    expect(text).toMatch(new RegExp(`v${pin.version.replaceAll('.', '\\.')}\\b`));
  }
});
