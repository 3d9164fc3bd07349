import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** docs/architecture.md as a table: what each package may import. Imports go down, never up, never sideways. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  toolchain: ['base'],
  kube: ['base'],
  lab: ['base', 'kube', 'toolchain'],
  forge: ['base', 'kube', 'lab'],
  cli: ['base', 'kube', 'lab', 'forge', 'toolchain'],
};

const root = join(import.meta.dirname, '..');
const files = globSync('packages/*/src/**/*.ts', { cwd: root });
const imports = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => ({ file, target: match[1] ?? '' }));
});

test('there are imports to look at', () => {
  expect(imports.length).toBeGreaterThan(50);
});

test('packages import only what lies below them', () => {
  const wrong = imports.flatMap(({ file, target }) => {
    const from = file.split('/')[1] ?? '';
    const to = /^@cluster-forge\/([a-z-]+)/.exec(target)?.[1];
    return to !== undefined && to !== from && !(mayImport[from] ?? []).includes(to)
      ? [`${file} imports ${target}`]
      : [];
  });
  expect(wrong).toEqual([]);
});

test('no file reaches into another package by a relative path', () => {
  const wrong = imports.filter(({ file, target }) => {
    if (!target.startsWith('.')) return false;
    const [, name] = file.split('/');
    return !join(file, '..', target).startsWith(`packages/${name}/`);
  });
  expect(wrong).toEqual([]);
});

test('forge stages import only earlier stages, so the line stays a line', () => {
  const order = ['config', 'mine', 'smelt', 'objects', 'check', 'plan', 'cause', 'deploy', 'operate'];
  const wrong = imports.flatMap(({ file, target }) => {
    const from = /^packages\/forge\/src\/([a-z]+)\//.exec(file)?.[1];
    if (from === undefined || !target.startsWith('.')) return [];
    const to = /^packages\/forge\/src\/([a-z]+)\//.exec(join(file, '..', target))?.[1];
    const known = to !== undefined && order.includes(to) && order.includes(from);
    return known && order.indexOf(to) > order.indexOf(from) ? [`${file} imports ${target}`] : [];
  });
  expect(wrong).toEqual([]);
});

test('only the command line, scripts and benchmarks read argv or print', () => {
  const wrong = files.filter(
    (file) =>
      !file.startsWith('packages/cli/') &&
      !/(\.test|-rig|\.fixture)\.ts$/.test(file) &&
      /process\.(argv|stdout|stderr)|console\./.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(wrong).toEqual([]);
});
