import type { HelmSource } from '../../config/platform.ts';
import { digestOf, parseDigest, type Digest } from '@cluster-forge/base/hash';
import { isObject, type Json } from '@cluster-forge/base';
import { archiveLimits } from '../archive.ts';
import { asChanged, bringBlob, storedBlob } from '../blob.ts';
import { checkChart } from '../chart.ts';
import { mineErrors } from '../errors.ts';
import type { LockedSource } from '../lock.ts';
import { parseJson } from '../oci/parse-json.ts';
import { parseReference, type Reference } from '../oci/reference.ts';
import { openRegistry, type Registry } from '../oci/registry.ts';
import type { Brought, MineContext, SourceKind } from '../source-kind.ts';
import { isExactVersion, nearestVersions, pickVersion } from '../versions.ts';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const chartLayer = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const maxManifestBytes = 4 * 1024 * 1024;

/** A chart in an OCI registry. Versions are tags, with `_` for `+`; https://helm.sh/docs/topics/registries. */
export const helmOci: SourceKind<HelmSource> = {
  request: (source) => ({ chart: source.chart, version: source.version }),
  bring: async (source, pin, ctx) => {
    const stored = pin && (await storedBlob(pin.digest, ctx));
    if (stored !== undefined) return { ...stored, ...resolvedOf(pin), form: 'archive' } satisfies Brought;
    const reference = parseReference(source.chart, source.where);
    const registry = openRegistry(reference, ctx);
    const found = pin === undefined ? await resolve(source, reference, registry) : pinned(source, pin);
    const blob = await fetchChart(found, reference, registry, ctx).catch((error: unknown) => {
      throw pin === undefined ? error : asChanged(error, source.chart);
    });
    return { ...blob, resolved: found.resolved, version: found.version, form: 'archive' } satisfies Brought;
  },
};

interface Found {
  readonly version: string;
  readonly resolved: string;
  readonly layer: Digest;
}

function resolvedOf(pin: LockedSource | undefined): Pick<Brought, 'resolved' | 'version'> {
  return {
    ...(pin?.resolved === undefined ? {} : { resolved: pin.resolved }),
    ...(pin?.version === undefined ? {} : { version: pin.version }),
  };
}

function pinned(source: HelmSource, pin: LockedSource): Found {
  return { version: pin.version ?? source.version, resolved: pin.resolved ?? source.chart, layer: pin.digest };
}

async function fetchChart({ layer, version }: Found, reference: Reference, registry: Registry, ctx: MineContext) {
  const from = `${reference.text}:${version}`;
  const { url, headers } = await registry.blob(layer);
  const inspect = (bytes: Uint8Array) => checkChart(bytes, { name: reference.chart, version, from });
  return bringBlob({ url, headers, expected: layer, maxBytes: archiveLimits.maxBytes, inspect }, ctx);
}

async function resolve(source: HelmSource, reference: Reference, registry: Registry): Promise<Found> {
  const version = await chooseVersion(source, reference, registry);
  const answer = await registry.get(`manifests/${tagOf(version)}`, {
    maxBytes: maxManifestBytes,
    headers: { accept: manifestType },
    accept: [404],
  });
  if (answer.status === 404) throw await noSuchVersion(source, reference, registry);
  const digest = digestOf(answer.body);
  const stated = answer.headers['docker-content-digest'];
  if (stated !== undefined && stated !== digest)
    throw badAnswer(source, `it announced the manifest ${stated} and sent ${digest}`);
  const layer = chartLayerOf(parseJson(answer.body));
  if (layer === undefined) throw badAnswer(source, `what is stored as ${tagOf(version)} is not a Helm chart`);
  return { version, resolved: `${reference.text}:${tagOf(version)}@${digest}`, layer };
}

async function chooseVersion(source: HelmSource, reference: Reference, registry: Registry): Promise<string> {
  if (isExactVersion(source.version)) return source.version;
  const tags = await registry.tags();
  const version = pickVersion(source.version, tags.map(versionOf));
  if (version === undefined) throw noVersion(source, reference, tags);
  return version;
}

async function noSuchVersion(source: HelmSource, reference: Reference, registry: Registry): Promise<Error> {
  const tags = await registry.tags().catch(() => []);
  return noVersion(source, reference, tags);
}

/** Only charts count: a Helm chart manifest has one layer of Helm's media type, and may have a second one with its provenance. */
function chartLayerOf(manifest: Json | undefined): Digest | undefined {
  const layers = isObject(manifest) ? manifest['layers'] : undefined;
  if (!Array.isArray(layers)) return undefined;
  const layer: Json | undefined = layers.find(
    (candidate: Json) => isObject(candidate) && candidate['mediaType'] === chartLayer,
  );
  return isObject(layer) && typeof layer['digest'] === 'string' ? parseDigest(layer['digest']) : undefined;
}

function tagOf(version: string): string {
  return version.replaceAll('+', '_');
}

function versionOf(tag: string): string {
  return tag.replaceAll('_', '+');
}

function noVersion(source: HelmSource, reference: Reference, tags: readonly string[]): Error {
  const nearest = nearestVersions(source.version, tags.map(versionOf));
  return mineErrors.E_MINE_VERSION({
    what: `${reference.text} has no version ${source.version}`,
    why: tags.length === 0 ? 'the registry lists no tag of it' : `it has ${tags.length} tags, none fits`,
    where: source.where,
    fix: nearest.length === 0 ? 'check the address of the chart' : `use one of ${nearest.join(', ')}`,
  });
}

function badAnswer(source: HelmSource, why: string): Error {
  return mineErrors.E_MINE_REGISTRY({
    what: `the registry did not give the chart ${source.chart}`,
    why,
    where: source.where,
    fix: 'check the address; `helm show chart` with the same address must work',
  });
}
