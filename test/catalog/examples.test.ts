import { cpSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlatform } from '@cluster-forge/forge/config/config';
import { mine } from '@cluster-forge/forge/mine/mine';
import { smelt } from '@cluster-forge/forge/smelt/smelt';
import { afterAll, describe, expect, test } from 'vitest';
import { podTemplatesOf } from './objects.ts';
import { restrictedViolations } from './pod-security.ts';
import { builtInCatalogs, offlineContext, root } from './render.ts';

const folder = mkdtempSync(join(tmpdir(), 'forge-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ctx = await offlineContext(join(folder, 'store'));

test('hello loads, renders and keeps the restricted standard', async () => {
  // Rendering writes beside platform.yaml, so it works on a copy.
  cpSync(join(root, 'examples/hello'), join(folder, 'hello'), { recursive: true });
  const platform = await loadPlatform(
    { file: join(folder, 'hello/platform.yaml'), catalogs: builtInCatalogs, set: ['params.size=large'] },
    ctx,
  );
  expect(platform).toMatchObject({ ok: true, warnings: [] });
  if (!platform.ok) return;
  const sources = await mine(platform.value, {}, ctx);
  expect(sources).toMatchObject({ ok: true });
  if (!sources.ok) return;
  const rendered = await smelt(platform.value, sources.value, { kubeVersion: 'v1.36.3' }, ctx);
  expect(rendered).toMatchObject({ ok: true, warnings: [] });
  if (!rendered.ok) return;
  const objects = rendered.value.flatMap((component) => component.objects.map(({ manifest }) => manifest.object));
  expect(objects.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment', 'Namespace', 'Service']);
  const [pod] = podTemplatesOf(objects);
  expect(pod?.replicas).toBe(3);
  expect(pod && restrictedViolations(pod.spec)).toEqual([]);
  expect(JSON.stringify(objects)).toContain('Hello from Cluster-Forge');
});

const realFiles = join(root, '..', 'shared', 'real');

describe('real', () => {
  test.skipIf(!existsSync(realFiles))(
    'loads, and every stated checksum fits (skipped without ../shared/real)',
    async () => {
      const file = join(root, 'examples/real/platform.yaml');
      const platform = await loadPlatform({ file, catalogs: builtInCatalogs }, ctx);
      expect(platform).toMatchObject({ ok: true, warnings: [] });
      if (!platform.ok) return;
      const own = globSync('examples/real/catalog/*/component.yaml', { cwd: root });
      // All of them, and the StorageClass that the vault asks for.
      expect(platform.value.components).toHaveLength(own.length + 1);
      // The lock is written beside platform.yaml, so the sources are brought for a platform elsewhere.
      const mined = await mine({ ...platform.value, directory: folder }, {}, ctx);
      expect(mined).toMatchObject({ ok: true });
    },
  );
});
