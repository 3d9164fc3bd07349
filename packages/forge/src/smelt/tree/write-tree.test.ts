import { mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock, type Context } from '@cluster-forge/base';
import { run } from '@cluster-forge/base/exec/exec';
import { digestOf } from '@cluster-forge/base/hash';
import { manifestOfText } from '@cluster-forge/kube/manifest/read-manifests';
import type { WorkingComponent } from './plan-changes.ts';
import { workingFailpoints, writeTree } from './write-tree.ts';

const ctx: Context = {
  signal: new AbortController().signal,
  clock: systemClock,
  host: { emit: () => undefined, ask: () => Promise.reject(new Error('nobody')) },
};
let root: string;
beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'forge-working-')), 'working');
});
afterEach(() => rm(join(root, '..'), { recursive: true, force: true }));

function folder(name: string, files: Readonly<Record<string, string>>): WorkingComponent {
  const texts = Object.entries(files).map(([file, data]) => [file, manifestOfText(objectText(file, data))] as const);
  return { name, fingerprint: digestOf(JSON.stringify(files)), files: new Map(texts) };
}

const objectText = (file: string, data: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${file.slice(0, -5)}}\ndata: {v: ${data}}\n`;

/** Every file below the tree but the index, with its data. */
async function tree(): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== '.index');
  const pairs = files.map(async ({ parentPath, name }) => {
    const text = await readFile(join(parentPath, name), 'utf8');
    return [join(parentPath, name).slice(root.length + 1), /\{v: (.*)\}/.exec(text)?.[1] ?? text] as const;
  });
  return Object.fromEntries((await Promise.all(pairs)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('writeTree', () => {
  test('writes, changes and removes its own files, and empty folders', async () => {
    await writeTree(root, [folder('a', { 'x.yaml': '1', 'u.yaml': '1' }), folder('b', { 'z.yaml': '1' })], ctx);
    expect(await tree()).toEqual({ 'a/x.yaml': '1', 'a/u.yaml': '1', 'b/z.yaml': '1' });
    await writeTree(root, [folder('a', { 'x.yaml': '2' })], ctx);
    expect(await tree()).toEqual({ 'a/x.yaml': '2' });
    expect((await readdir(root)).sort()).toEqual(['.index', 'a']);
  });

  test('writes nothing when nothing changed, and restores what is missing', async () => {
    const components = [folder('a', { 'x.yaml': '1', 'u.yaml': '1' })];
    await writeTree(root, components, ctx);
    const old = new Date(1_000_000);
    await utimes(join(root, '.index'), old, old);
    await writeTree(root, components, ctx);
    expect((await readdir(root)).sort()).toEqual(['.index', 'a']);
    await rm(join(root, 'a/x.yaml'));
    expect(await writeTree(root, components, ctx)).toEqual([]);
    expect(await tree()).toEqual({ 'a/x.yaml': '1', 'a/u.yaml': '1' });
  });

  test('foreign and edited files are left alone; edits are told', async () => {
    await writeTree(root, [folder('a', { 'x.yaml': '1', 'u.yaml': '1' })], ctx);
    await writeFile(join(root, 'a/x.yaml'), objectText('x.yaml', 'mine'));
    await writeFile(join(root, 'a/note.txt'), 'foreign');
    await writeFile(join(root, 'a/w.yaml'), 'foreign');
    const again = folder('a', { 'x.yaml': '2', 'w.yaml': '1' });
    for (const warnings of [await writeTree(root, [again], ctx), await writeTree(root, [again], ctx)])
      expect(warnings.map(({ code, where }) => `${code} ${where?.file?.slice(root.length)}`)).toEqual([
        'E_SMELT_EDITED /a/x.yaml',
        'E_SMELT_EDITED /a/w.yaml',
      ]);
    expect(await tree()).toEqual({ 'a/note.txt': 'foreign', 'a/w.yaml': 'foreign', 'a/x.yaml': 'mine' });
  });

  test('a file that was only touched, or is right already, is no edit', async () => {
    await writeTree(root, [folder('a', { 'x.yaml': '1' })], ctx);
    await utimes(join(root, 'a/x.yaml'), new Date(5), new Date(5));
    await rm(join(root, '.index'));
    expect(await writeTree(root, [folder('a', { 'x.yaml': '1' })], ctx)).toEqual([]);
    expect(await writeTree(root, [folder('a', { 'x.yaml': '2' })], ctx)).toEqual([]);
    expect(await tree()).toEqual({ 'a/x.yaml': '2' });
  });

  test('a planted link is not followed', async () => {
    const outside = join(root, '../outside');
    await mkdir(outside, { recursive: true });
    await mkdir(root, { recursive: true });
    await symlink(outside, join(root, 'a'));
    await expect(writeTree(root, [folder('a', { 'x.yaml': '1' })], ctx)).rejects.toMatchObject({
      code: 'E_FILE_OUTSIDE',
    });
    expect(await readdir(outside)).toEqual([]);
  });

  test.each(workingFailpoints.names)('killed at %s leaves the old tree or completes the new one', async (failpoint) => {
    const old = [folder('a', { 'x.yaml': '1', 'gone.yaml': '1' })];
    await writeTree(root, old, ctx);
    const before = await tree();
    const child = fileURLToPath(new URL('killed.fixture.ts', import.meta.url));
    const killed = run(process.execPath, [child], { env: { TREE: root, FORGE_FAILPOINTS: `${failpoint}=kill` } }, ctx);
    await expect(killed).rejects.toThrow('SIGKILL');
    const { '.stage/0': _staged0, '.stage/1': _staged1, ...visible } = await tree();
    // Before the record of all moves is safe nothing may have moved; after it the new tree may show.
    expect(failpoint === 'smelt.stage.after' ? visible : before).toEqual(before);
    const warnings = await writeTree(root, [folder('a', { 'x.yaml': '3', 'new.yaml': '2' })], ctx);
    expect(await tree()).toEqual({ 'a/new.yaml': '2', 'a/x.yaml': '3' });
    expect(await readdir(root)).not.toContain('.stage');
    expect(warnings).toEqual([]);
  });
});
