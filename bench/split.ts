import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { splitDocuments } from '@cluster-forge/kube/manifest/documents';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import { loadAll } from 'js-yaml';
import { parseAllDocuments } from 'yaml';
import type { Benchmark } from './figure.ts';
import { inTurn } from './measure.ts';

const real = join(import.meta.dirname, '../../shared/real');
const rounds = 3;

/** Splitting rendered text and reading the identities in it, beside parsing it. */
export const split: Benchmark = {
  name: 'split',
  summary: 'split rendered manifests and read their identities, beside parsing them',
  async run(tell) {
    if (!existsSync(real))
      return tell({ bench: 'split', name: 'real manifests', why: 'there is no ../shared/real beside this checkout' });
    const files = globSync('*.yaml.gz', { cwd: real }).map((name) => ({
      name,
      text: gunzipSync(readFileSync(join(real, name))).toString(),
    }));
    const megabytes = files.reduce((sum, file) => sum + Buffer.byteLength(file.text), 0) / 1e6;
    const timed = (work: (text: string, name: string) => unknown) => async () => {
      const started = performance.now();
      for (const { text, name } of files) work(text, name);
      return performance.now() - started;
    };
    const values = await inTurn(rounds, {
      split: timed((text) => splitDocuments(text)),
      read: timed((text, name) => readManifests(text, name)),
      jsYaml: timed((text) => attempt(() => loadAll(text))),
      yaml: timed((text) => parseAllDocuments(text)),
    });
    const peers = [
      { name: 'js-yaml 5 loadAll', values: values.jsYaml },
      { name: 'yaml 2 parseAllDocuments', values: values.yaml },
    ];
    const size = `${megabytes.toFixed(1)} MB, ${files.length} files`;
    tell({ bench: 'split', name: `split only, ${size}`, unit: 'ms', ours: values.split, peers });
    tell({ bench: 'split', name: `split and read identities, ${size}`, unit: 'ms', ours: values.read, peers });
  },
};

/** One real file is refused by js-yaml; the time until then counts. */
function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // The peer's refusal is not our subject here.
  }
}
