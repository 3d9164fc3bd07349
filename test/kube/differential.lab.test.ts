import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ForgeError, isObject, type Json } from '@cluster-forge/base';
import {
  connect,
  createLimiter,
  manifestOf,
  printYaml,
  readGoYaml,
  readManifests,
  splitDocuments,
  type Cluster,
  type KubeObject,
} from '@cluster-forge/kube';
import { findIdentity } from '@cluster-forge/kube/manifest/sections';
import { testContext } from '../rig/context.ts';
import { yamlCorpus } from './yaml-corpus.ts';

/**
 * What we read is what the API server reads: each text is applied as it stands (dry run) as an object of a kind without a schema, so that the server
 * gives back exactly what it understood. Nothing is stored.
 */
const group = 'differential.example.com';
const probe = { apiVersion: `${group}/v1`, kind: 'Probe', name: 'probe' };
const ctx = testContext();
const eight = createLimiter({ start: 8, min: 8, max: 8 });
let cluster: Cluster;

const crd = manifestOf({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `probes.${group}` },
  spec: {
    group,
    scope: 'Cluster',
    names: { plural: 'probes', singular: 'probe', kind: 'Probe', listKind: 'ProbeList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

beforeAll(async () => {
  cluster = await connect({ kubeconfig: inject('kubeconfig') }, ctx);
  await cluster.apply(crd, {}, ctx);
  let served;
  while (served === undefined) served = await cluster.kind(probe.apiVersion, probe.kind, ctx);
  // Discovery comes a moment before the endpoint.
  while ((await cluster.raw(`/apis/${group}/v1/probes`, ctx)).status !== 200) await cluster.version(ctx);
});

afterAll(async () => {
  await cluster.delete(crd.id, {}, ctx);
  await cluster.close();
});

/** The server's reading; undefined when it refuses the text as YAML. */
async function serverReads(text: string, name = probe.name): Promise<KubeObject | undefined> {
  const id = { ...probe, name };
  const manifest = {
    text,
    id,
    labels: {},
    annotations: {},
    object: { apiVersion: probe.apiVersion, kind: probe.kind, metadata: { name } },
  };
  try {
    return (await cluster.apply(manifest, { dryRun: true, force: true }, ctx)).object;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'E_API_INVALID' && /decoding YAML/.test(error.message))
      return undefined;
    throw error;
  }
}

/** Our reading; undefined when we refuse the text. */
function weRead(text: string): Json | undefined {
  try {
    return readGoYaml(text);
  } catch (error) {
    if (error instanceof ForgeError) return undefined;
    throw error;
  }
}

/** JSON knows one zero. */
const plain = (value: Json | undefined): Json => JSON.parse(JSON.stringify(value ?? null)) as Json; // A round trip through JSON gives JSON.

/** What the document says, without what the server adds. */
function withoutServerFields({ metadata, ...rest }: KubeObject): Json {
  const {
    managedFields: _fields,
    uid: _uid,
    creationTimestamp: _created,
    generation: _generation,
    resourceVersion: _version,
    ...said
  } = metadata;
  return plain({ ...rest, metadata: said });
}

describe('our reading of YAML and the API server', () => {
  const head = `apiVersion: ${probe.apiVersion}\nkind: Probe\nmetadata:\n  name: probe\n`;
  const bodies = yamlCorpus(20_261_121, 700);

  it('agree on a corpus of all that people write', { timeout: 300_000 }, async () => {
    const differences: unknown[] = [];
    let accepted = 0;
    await Promise.all(
      bodies.map((body) =>
        eight.run(async () => {
          const text = `${head}spec:\n${body}`;
          const [theirs, ours] = [await serverReads(text), weRead(text)];
          if (theirs !== undefined) accepted += 1;
          const difference = compareSpecs(body, theirs, ours);
          if (difference !== undefined) differences.push(difference);
        }, ctx.signal),
      ),
    );
    expect(differences).toEqual([]);
    expect(accepted).toBeGreaterThan(200);
  });

  it('agree on what we print', { timeout: 300_000 }, async () => {
    const values = bodies.map((body) => weRead(`spec:\n${body}`)).filter(isObject);
    const differences: unknown[] = [];
    await Promise.all(
      values.map((value) =>
        eight.run(async () => {
          const text = printYaml({ ...crHead, ...value });
          const theirs = await serverReads(text);
          if (!isSame(theirs?.['spec'], value['spec'])) differences.push([text, theirs?.['spec'] ?? 'refused']);
        }, ctx.signal),
      ),
    );
    expect(differences).toEqual([]);
    expect(values.length).toBeGreaterThan(200);
  });

  it.each([
    [
      'block style',
      'metadata:\n  labels:\n    a: "1"\n    on: x\n  annotations: # c\n    note: |\n      two\n      lines\n  name: probe\n',
    ],
    ['flow style', 'metadata: {name: probe, labels: {a: "1", "b": \'yes\'}, annotations: {c: "😀"}}\n'],
    ['quoted and explicit keys', '"metadata":\n  "name": "probe"\n  ? labels\n  : {a: b}\n'],
    [
      'anchors',
      'shared: &l {a: "1"}\nmetadata:\n  name: &n probe\n  labels: *l\n  annotations:\n    <<: *l\n    name: *n\n',
    ],
    ['odd brackets', 'metadata: {\n  name: probe,\n  labels: {\n  a: b\n}\n}\n'],
    ['CRLF', 'metadata:\r\n  name: probe\r\n  labels:\r\n    a: b\r\n'],
    [
      'a folded annotation',
      'metadata:\n  name: probe\n  annotations:\n    a: >-\n      x\n      y\n\n      z\n    b: plain\n      more\n',
    ],
  ])('agree on identity, labels and annotations in %s', async (_name, metadata) => {
    const text = `kind: Probe\n${metadata}apiVersion: ${probe.apiVersion}\n`;
    const [manifest] = readManifests(text, 'x.yaml');
    const theirs = await serverReads(text);
    expect(manifest?.id).toEqual(probe);
    expect(manifest?.labels).toEqual(theirs?.metadata['labels'] ?? {});
    expect(manifest?.annotations).toEqual(theirs?.metadata['annotations'] ?? {});
  });
});

const crHead = { apiVersion: probe.apiVersion, kind: probe.kind, metadata: { name: probe.name } };

/** We may accept what Go refuses only where that is known to be harmless: a tab before a value, for the server itself will tell. */
function compareSpecs(body: string, theirs: KubeObject | undefined, ours: Json | undefined): unknown {
  if (theirs === undefined)
    return ours === undefined || body.includes('\t') ? undefined : { body, theirs: 'refused', ours };
  const spec = isObject(ours) ? ours['spec'] : undefined;
  if (ours === undefined && knownRefusals.test(body)) return undefined;
  return ours !== undefined && isSame(theirs['spec'], spec)
    ? undefined
    : { body, theirs: theirs['spec'], ours: ours === undefined ? 'refused' : spec };
}

/** What Go accepts and we refuse, with an error that says so: U+2028 and U+2029 as they are, `\'` in double quotes. */
const knownRefusals = /[\u2028\u2029]|\\'/;

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  return JSON.stringify(sorted(plain(left))) === JSON.stringify(sorted(plain(right)));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

const real = join(dirname(import.meta.dirname), '..', '..', 'shared', 'real');

describe.skipIf(!existsSync(real))(
  'real manifests (skipped where ../shared/real, rendered charts that are not part of the repository, is absent)',
  () => {
    const files = existsSync(real) ? readdirSync(real).filter((name) => name.endsWith('.gz')) : [];

    it.each(files)('agree on every document of %s', { timeout: 300_000 }, async (file) => {
      const text = gunzipSync(readFileSync(join(real, file))).toString('utf8');
      const manifests = readManifests(text, file);
      expect(manifests).toHaveLength(splitDocuments(text).documents.length);
      const differences: unknown[] = [];
      await Promise.all(
        manifests.map((manifest) =>
          eight.run(async () => {
            const asProbe = withProbeKind(manifest.text);
            const name = /^[a-z0-9.-]+$/.test(manifest.id.name) ? manifest.id.name : undefined;
            const theirs = name === undefined ? undefined : await serverReads(asProbe, name);
            if (name !== undefined && !isSame(theirs && withoutServerFields(theirs), asSaid(manifest.object)))
              differences.push(manifest.id);
            const { id, labels, annotations } = manifest;
            expect([id.apiVersion, id.kind, id.name, id.namespace]).toEqual([
              manifest.object.apiVersion,
              manifest.object.kind,
              manifest.object.metadata.name,
              manifest.object.metadata['namespace'],
            ]);
            expect([labels, annotations]).toEqual([
              manifest.object.metadata['labels'] ?? {},
              manifest.object.metadata['annotations'] ?? {},
            ]);
          }, ctx.signal),
        ),
      );
      expect(differences).toEqual([]);
    });
  },
);

/** The same document as an object of our kind without a schema: only the values of apiVersion and kind are exchanged. */
function withProbeKind(text: string): string {
  const sections = findIdentity(text);
  if (sections === undefined)
    throw new Error('a real manifest with an unusual head: teach the test to exchange its kind');
  const edits = [
    { ...sections.apiVersion, line: `apiVersion: ${probe.apiVersion}\n` },
    { ...sections.kind, line: 'kind: Probe\n' },
  ].toSorted((a, b) => b.start - a.start);
  return edits.reduce((edited, { start, end, line }) => edited.slice(0, start) + line + edited.slice(end), text);
}

/** Our reading with the exchanged kind, without what a cluster-scoped object loses. */
function asSaid({ metadata, ...rest }: KubeObject): Json {
  const { namespace: _namespace, creationTimestamp: _created, ...said } = metadata;
  // Metadata has a schema: a null there is as good as nothing.
  const metadataSaid = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
  return plain({ ...rest, apiVersion: probe.apiVersion, kind: probe.kind, metadata: metadataSaid });
}
