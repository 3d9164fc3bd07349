import { createHash } from 'node:crypto';
import { chartArchive } from './chart-archive.ts';
import { serveFiles, type TestServer } from './serve.ts';

export interface PublishedChart {
  readonly name: string;
  readonly version: string;
  /** In place of the digest of the archive. */
  readonly digest?: string;
  /** In place of the archive. */
  readonly bytes?: Uint8Array;
}

/** A Helm repository over HTTP, with an index.yaml in the layout of `helm repo index`. */
export async function helmRepository(charts: readonly PublishedChart[]): Promise<TestServer> {
  const published = await Promise.all(
    charts.map(async (chart) => {
      const bytes = chart.bytes ?? (await chartArchive(chart.name, chart.version));
      return { ...chart, bytes, digest: chart.digest ?? createHash('sha256').update(bytes).digest('hex') };
    }),
  );
  const groups = Map.groupBy(published, ({ name }) => name);
  const entries = [...groups].map(([name, versions]) => `  ${name}:\n${versions.map(indexEntry).join('')}`);
  const index = `apiVersion: v1\nentries:\n${entries.join('')}generated: "2026-01-01T00:00:00Z"\n`;
  const archives = published.map(({ name, version, bytes }) => [`/charts/${name}-${version}.tgz`, bytes] as const);
  return serveFiles({ '/index.yaml': index, ...Object.fromEntries(archives) });
}

function indexEntry({ name, version, digest }: { name: string; version: string; digest: string }): string {
  return [
    '  - apiVersion: v2',
    '    created: "2026-01-01T00:00:00Z"',
    `    description: "the chart: ${name}"`,
    `    digest: ${digest}`,
    `    name: ${name}`,
    '    urls:',
    `    - charts/${name}-${version}.tgz`,
    `    version: ${version}`,
    '',
  ].join('\n');
}
