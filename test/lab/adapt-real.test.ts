import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import { fieldAt, type KubeObject } from '@cluster-forge/kube/object';
import { adaptForLab, parseModels } from '@cluster-forge/lab';

const real = new URL('../../../shared/real/', import.meta.url);

/** What the parser makes of it: the slow way, which the edit of the text must equal. */
function withoutConversion(object: KubeObject): KubeObject {
  const { spec } = object;
  if (fieldAt(spec, 'conversion', 'strategy') !== 'Webhook') return object;
  return { ...object, spec: { ...(spec as object), conversion: { strategy: 'None' } } };
}

// Skipped where the rendered charts are not beside the checkout: they are not part of the repository.
test.skipIf(!existsSync(real))(
  'the CRDs of real charts, edited as text, are what the parser would make of them (skipped where ../shared/real is absent)',
  { timeout: 60_000 },
  async () => {
    const files = (await readdir(real)).filter((name) => name.endsWith('.yaml.gz'));
    const manifests = (
      await Promise.all(
        files.map(async (name) =>
          readManifests(gunzipSync(await readFile(new URL(name, real))).toString('utf8'), name),
        ),
      )
    ).flat();
    const crds = manifests.filter(
      ({ id, text }) => id.kind === 'CustomResourceDefinition' && text.includes('conversion'),
    );
    const converted = crds.filter((crd) => {
      const { manifest, notes } = adaptForLab(crd);
      expect(manifest.object).toEqual(withoutConversion(crd.object));
      return notes.length > 0;
    });
    expect(converted.length).toBe(
      crds.filter(({ object }) => fieldAt(object, 'spec', 'conversion', 'strategy') === 'Webhook').length,
    );
    expect(converted.length).toBeGreaterThan(0);
    const others = manifests
      .filter(({ id }) => id.kind !== 'CustomResourceDefinition')
      .flatMap((manifest) => adaptForLab(manifest).notes.map(({ object }) => object.kind));
    expect(new Set(others)).toEqual(
      new Set(['APIService', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']),
    );
  },
);

const examples = new URL('../../examples/real/catalog/', import.meta.url);

test('the operator models of the examples and of the catalog are valid', async () => {
  const roots = [examples, new URL('../../catalog/', import.meta.url)];
  const files = (
    await Promise.all(
      roots.map(async (root) => (await readdir(root)).map((name) => new URL(`${name}/simulate.yaml`, root))),
    )
  )
    .flat()
    .filter((file) => existsSync(file));
  for (const file of files) {
    const parsed = parseModels(readManifests(await readFile(file, 'utf8'), file.pathname).map(({ object }) => object));
    expect(parsed).toMatchObject({ ok: true });
  }
  expect(files.length).toBeGreaterThan(0);
});
