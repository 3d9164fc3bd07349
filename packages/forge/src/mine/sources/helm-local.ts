import { readFile, stat } from 'node:fs/promises';
import type { HelmSource } from '../../config/platform.ts';
import { readArchive } from '../archive.ts';
import { keepBlob } from '../blob.ts';
import { mineErrors } from '../errors.ts';
import { digestOfFiles, listFiles, missing, totalBytes } from '../file-list.ts';
import type { Brought, MineContext, SourceKind } from '../source-kind.ts';

/** A chart on this computer: a directory, or an archive that `helm package` made. */
export const helmLocal: SourceKind<HelmSource> = {
  request: (source) => ({ version: source.version }),
  bring: async (source, _pin, ctx) => {
    const facts = await stat(source.chart).catch((error: unknown) =>
      Promise.reject(missing(source.chart, source.where, error)),
    );
    return facts.isDirectory() ? directory(source) : archive(source, ctx);
  },
};

async function directory(source: HelmSource): Promise<Brought> {
  const files = await listFiles(source.chart, source.where);
  if (!files.some(({ name }) => name === 'Chart.yaml')) throw noChart(source);
  return { digest: await digestOfFiles(files), sizeBytes: totalBytes(files), path: source.chart, form: 'directory' };
}

async function archive(source: HelmSource, ctx: MineContext): Promise<Brought> {
  const bytes = await readFile(source.chart);
  await readArchive(bytes, source.chart);
  return { ...(await keepBlob(bytes, ctx)), form: 'archive' };
}

function noChart(source: HelmSource): Error {
  return mineErrors.E_MINE_CHART({
    what: `${source.chart} is not a chart`,
    why: 'it has no Chart.yaml',
    where: source.where,
    fix: 'name the directory that holds Chart.yaml; for a repository add `repository:`, for a registry write oci://',
  });
}
