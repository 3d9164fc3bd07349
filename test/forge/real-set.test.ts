import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseYaml } from '@cluster-forge/base/yaml/yaml';
import { check } from '@cluster-forge/forge/check/check';
import type { Component } from '@cluster-forge/forge/config/platform';
import { mine } from '@cluster-forge/forge/mine/mine';
import type { Graph } from '@cluster-forge/forge/plan/graph';
import { plan } from '@cluster-forge/forge/plan/plan';
import { listAt, textAt } from '@cluster-forge/forge/objects/references/reference';
import type { Rendered } from '@cluster-forge/forge/smelt/rendered';
import { smelt } from '@cluster-forge/forge/smelt/smelt';
import { isCrd } from '@cluster-forge/kube/schema/crd-head';
import { component, forgeRig, manifestSource, platformOf, type ForgeRig } from './rig.ts';

/** What real charts print; it lies beside the repository and may not be copied into it. */
const real = join(import.meta.dirname, '../../../shared/real');

/** Component, file and namespace of each, from the index that lies with the files. */
function readIndex(): readonly { readonly name: string; readonly file: string; readonly namespace: string }[] {
  const index = parseYaml(readFileSync(join(real, 'index.yaml'), 'utf8'), 'index.yaml').documents[0]?.value ?? null;
  return listAt(index, 'files').map((entry) => ({
    name: textAt(entry, 'component') ?? '',
    file: textAt(entry, 'file') ?? '',
    namespace: textAt(entry, 'namespace') ?? '',
  }));
}

describe.skipIf(!existsSync(real))('the real components (skipped where ../shared/real is not there)', () => {
  let rig: ForgeRig;
  let rendered: readonly Rendered[] = [];
  let components: readonly Component[] = [];

  beforeAll(async () => {
    rig = await forgeRig();
    components = readIndex()
      .map(({ name, file, namespace }) => {
        const source = manifestSource(`${name}/0`, { file: join(real, file) });
        return component(name, [source], { namespace, ...(namespace === 'default' ? {} : { namespaceLabels: {} }) });
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const platform = platformOf(rig.directory, components);
    const mined = await mine(platform, {}, rig.ctx);
    if (!mined.ok) throw new Error(JSON.stringify(mined.failure));
    const smelted = await smelt(platform, mined.value, { kubeVersion: 'v1.36.3' }, rig.ctx);
    if (!smelted.ok) throw new Error(JSON.stringify(smelted.failure));
    rendered = smelted.value;
  }, 60_000);
  afterAll(() => rig.end());

  it('have no error, and say of each name that leads nowhere who may make it', () => {
    const findings = check(rendered, platformOf(rig.directory, components));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const names = findings.filter(({ code }) => code === 'E_CHECK_REFERENCE');
    expect(names.filter(({ why = '' }) => !/while it runs|may make it/.test(why))).toEqual([]);
  });

  it('have an order in which CRDs wait for nothing and custom resources wait for their CRDs', () => {
    const graph = graphOf();
    const members = rendered.flatMap(({ objects }) => objects.map(({ manifest }) => manifest));
    const crds = new Set(
      members.filter(isCrd).map(({ id }) => `CustomResourceDefinition.apiextensions.k8s.io/-/${id.name}`),
    );
    expect(crds.size).toBeGreaterThan(0);
    expect(graph.edges.filter(({ to }) => crds.has(to))).toEqual([]);
    const gated = new Set(
      graph.edges.filter(({ from, until }) => crds.has(from) && until === 'ready').map(({ to }) => to),
    );
    const certificates = graph.nodes.filter(({ id }) => id.startsWith('Certificate.cert-manager.io/'));
    expect(certificates.length).toBeGreaterThan(0);
    for (const { id } of certificates) expect(gated).toContain(id);
  });

  it('register webhooks only once their servers answer', () => {
    const graph = graphOf();
    const webhooks = graph.nodes.filter(({ id }) => id.includes('WebhookConfiguration.'));
    const served = new Set(
      graph.edges.filter(({ from, until }) => from.startsWith('Service/') && until === 'serving').map(({ to }) => to),
    );
    expect(webhooks.length).toBeGreaterThan(0);
    for (const { id } of webhooks) expect(served).toContain(id);
  });

  function graphOf(): Graph {
    const result = plan(platformOf(rig.directory, components), rendered);
    if (!result.ok) throw new Error(JSON.stringify(result.failure));
    return result.value;
  }
});
