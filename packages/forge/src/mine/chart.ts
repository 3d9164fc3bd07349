import { isObject } from '@cluster-forge/base';
import { readArchive } from './archive.ts';
import { refuseWebPage } from './content.ts';
import { mineErrors } from './errors.ts';
import { isGzip } from './gzip.ts';
import { readGoYaml } from '@cluster-forge/kube/manifest/go-yaml';

/** What a chart archive should be. */
export interface ExpectedChart {
  readonly name: string;
  readonly version: string;
  /** Address, for people. */
  readonly from: string;
}

/** Throws E_MINE_CONTENT or E_MINE_ARCHIVE unless the bytes are a safe archive of exactly this chart and version. */
export async function checkChart(bytes: Uint8Array, expected: ExpectedChart): Promise<void> {
  refuseWebPage(bytes, expected.from, 'a chart archive');
  if (!isGzip(bytes)) throw notChart(expected, 'it is not compressed with gzip');
  const files = await readArchive(bytes, expected.from);
  const roots = new Set([...files.keys()].map((name) => name.split('/')[0]));
  const root = roots.size === 1 ? [...roots][0] : undefined;
  const chart = files.get(`${root}/Chart.yaml`);
  if (chart === undefined) throw notChart(expected, 'it has no Chart.yaml in its only directory');
  const metadata = readGoYaml(Buffer.from(chart).toString('utf8'));
  const { name, version } = isObject(metadata) ? metadata : {};
  if (name !== expected.name || !sameText(version, expected.version))
    throw notChart(expected, `its Chart.yaml says ${JSON.stringify(name)} ${JSON.stringify(version)}`);
}

function sameText(found: unknown, expected: string): boolean {
  const plain = (version: string) => version.replace(/^v/, '');
  return typeof found === 'string' && plain(found) === plain(expected);
}

function notChart(expected: ExpectedChart, why: string): Error {
  return mineErrors.E_MINE_CONTENT({
    what: `${expected.from} is not the chart ${expected.name} ${expected.version}`,
    why,
    fix: 'check the address; an archive of a source repository is no chart',
  });
}
