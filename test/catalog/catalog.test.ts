import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseYaml } from '@cluster-forge/base/yaml/yaml';
import { describe, expect, test } from 'vitest';
import { renderPlatform, root } from './render.ts';

const folders = globSync('catalog/*/component.yaml', { cwd: root }).map(dirname).sort();

/** What else a component needs in its platform, where its requirements do not say it by name. */
const companions: Readonly<Record<string, readonly string[]>> = {
  'postgres-plain': ['platform-base', 'storage-existing'],
  'rabbitmq-plain': ['platform-base', 'storage-existing'],
  'seaweedfs-plain': ['platform-base', 'storage-existing'],
  'keycloak-plain': ['platform-base', 'storage-existing', 'postgres-plain'],
  'demo-gpu-job': ['platform-base'],
};

test('there are components to look at', () => {
  expect(folders.length).toBeGreaterThan(5);
});

describe.each(folders)('%s', (folder) => {
  const name = folder.split('/')[1] ?? '';

  test('loads without a stack around it, with nothing but its defaults', async () => {
    const components = [name, ...(companions[name] ?? [])].map((one) => `    ${one}: {}`).join('\n');
    const { platform } = await renderPlatform(
      `apiVersion: clusterforge.dev/v1alpha1\nkind: Platform\nmetadata: {name: test}\nspec:\n  components:\n${components}\n`,
    );
    expect(platform.components.map((component) => component.name)).toContain(name);
  });

  test('says what it is, what it needs, where it bites and how to replace it', () => {
    const readme = readFileSync(join(root, folder, 'README.md'), 'utf8');
    expect(readme.startsWith(`# ${name}\n`)).toBe(true);
    for (const section of ['**Why it exists.**', '**Needs**', '**Traps**', '**Replacing it.**'])
      expect(readme).toContain(section);
    expect(readme.split('\n').length).toBeLessThanOrEqual(45);
  });

  test('has no template that its component does not use', () => {
    const component = parseYaml(readFileSync(join(root, folder, 'component.yaml'), 'utf8'), folder);
    const uses = JSON.stringify(component.documents[0]?.value).includes('"template":"templates"');
    expect(existsSync(join(root, folder, 'templates'))).toBe(uses);
  });
});
