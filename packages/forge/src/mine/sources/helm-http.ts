import { isObject, type Json } from '@cluster-forge/base';
import { parseDigest } from '@cluster-forge/base/hash';
import type { HelmSource } from '../../config/platform.ts';
import { asChanged, bringBlob } from '../blob.ts';
import { checkChart } from '../chart.ts';
import { refuseWebPage } from '../content.ts';
import { mineErrors } from '../errors.ts';
import { sliceIndexEntry } from '../index-entry.ts';
import { nearestVersions, pickVersion } from '../versions.ts';
import { readGoYaml } from '@cluster-forge/kube/manifest/go-yaml';
import { archiveLimits } from '../archive.ts';
import type { LockedSource } from '../lock.ts';
import type { Brought, MineContext, SourceKind } from '../source-kind.ts';

const maxIndexBytes = 256 * 1024 * 1024;

/** A chart from a Helm repository over HTTP: `index.yaml` lists versions, addresses and digests. */
export const helmHttp: SourceKind<HelmSource> = {
  request: (source) => ({ chart: source.chart, repository: source.repository ?? '', version: source.version }),
  bring: async (source, pin, ctx) => {
    const found = pin?.resolved === undefined ? await resolve(source, ctx) : pinned(pin, pin.resolved);
    const blob = await bringBlob(
      {
        url: found.url,
        maxBytes: archiveLimits.maxBytes,
        ...(found.digest === undefined ? {} : { expected: found.digest }),
        inspect: (bytes) => checkChart(bytes, { name: source.chart, version: found.version, from: found.url }),
      },
      ctx,
    ).catch((error: unknown) => {
      throw pin === undefined ? error : asChanged(error, found.url);
    });
    return { ...blob, resolved: found.url, version: found.version, form: 'archive' } satisfies Brought;
  },
};

interface Found {
  readonly url: string;
  readonly version: string;
  readonly digest?: LockedSource['digest'];
}

function pinned(pin: LockedSource, url: string): Found {
  return { url, version: pin.version ?? pin.request['version'] ?? '', digest: pin.digest };
}

/** One line of an index: what it says about one version. */
interface IndexedChart {
  readonly version: string;
  readonly urls: readonly string[];
  readonly digest?: string;
}

async function resolve(source: HelmSource, ctx: MineContext): Promise<Found> {
  const base = (source.repository ?? '').replace(/\/*$/, '/');
  ctx.task.update({ detail: `reading ${base}index.yaml` });
  const answer = await ctx.fetch.get(`${base}index.yaml`, { maxBytes: maxIndexBytes }, ctx);
  refuseWebPage(answer.body, `${base}index.yaml`, 'a repository index');
  const charts = readIndex(Buffer.from(answer.body).toString('utf8'), source, base);
  const version = pickVersion(
    source.version,
    charts.map((chart) => chart.version),
  );
  const chart = charts.find((candidate) => candidate.version === version);
  if (chart === undefined)
    throw noVersion(
      source,
      base,
      charts.map(({ version }) => version),
    );
  const url = chart.urls[0];
  if (url === undefined) throw badIndex(source, base, `version ${chart.version} has no address`);
  const digest = chart.digest === undefined ? undefined : parseDigest(`sha256:${chart.digest.replace(/^sha256:/, '')}`);
  return { url: new URL(url, base).href, version: chart.version, ...(digest === undefined ? {} : { digest }) };
}

function readIndex(text: string, source: HelmSource, base: string): readonly IndexedChart[] {
  const slice = sliceIndexEntry(text, source.chart);
  const list = (slice === undefined ? undefined : quietly(slice)) ?? entryOf(text, source, base);
  if (Array.isArray(list)) return list.flatMap(toIndexed);
  throw mineErrors.E_MINE_CHART({
    what: `the repository ${base} has no chart ${JSON.stringify(source.chart)}`,
    why: 'its index.yaml does not list it',
    where: source.where,
    fix: 'check the spelling of the chart and the address of the repository',
  });
}

/** A slice that does not parse alone sends the reader to the whole file. */
function quietly(slice: string): Json | undefined {
  try {
    const list = readGoYaml(slice, { maxBytes: maxIndexBytes });
    return Array.isArray(list) && list.length > 0 ? list : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(text: string, source: HelmSource, base: string): Json | undefined {
  try {
    const index = readGoYaml(text, { maxBytes: maxIndexBytes });
    const entries = isObject(index) ? index['entries'] : undefined;
    return isObject(entries) && Object.hasOwn(entries, source.chart) ? entries[source.chart] : undefined;
  } catch (error) {
    throw badIndex(source, base, error instanceof Error ? error.message : String(error));
  }
}

function toIndexed(entry: Json): readonly IndexedChart[] {
  if (!isObject(entry) || typeof entry['version'] !== 'string') return [];
  const urls = Array.isArray(entry['urls']) ? entry['urls'].filter((url) => typeof url === 'string') : [];
  const digest = typeof entry['digest'] === 'string' ? { digest: entry['digest'] } : {};
  return [{ version: entry['version'], urls, ...digest }];
}

/** The error for a version that nobody published; lists the nearest ones. */
export function noVersion(source: HelmSource, from: string, published: readonly string[]): Error {
  const nearest = nearestVersions(source.version, published);
  return mineErrors.E_MINE_VERSION({
    what: `${source.chart} has no version ${source.version}`,
    why:
      published.length === 0
        ? `${from} lists no version at all`
        : `${from} lists ${published.length} versions, none fits`,
    where: source.where,
    fix: nearest.length === 0 ? 'check the address of the chart' : `use one of ${nearest.join(', ')}`,
  });
}

function badIndex(source: HelmSource, base: string, why: string): Error {
  return mineErrors.E_MINE_CHART({
    what: `the index of ${base} cannot be used for ${source.chart}`,
    why,
    where: source.where,
    fix: 'check the address of the repository; it is the directory that holds index.yaml',
  });
}
