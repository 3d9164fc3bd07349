import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateCharts, realCharts, type Chart } from './charts.ts';
import type { Benchmark, Figure, Omission, Peer } from './figure.ts';
import { inTurn, measure } from './measure.ts';
import { tool } from './tools.ts';

const forge = join(import.meta.dirname, '../packages/cli/bin/forge.mjs');
const rounds = 3;
const generatedCount = 50;
const floorName = 'bare helm CPU / cores (the floor)';

type Tell = (entry: Figure | Omission) => void;

/** Rendering a platform of charts: ours as a whole process, beside bare helm and helmfile, on the same charts with the same values. */
export const render: Benchmark = {
  name: 'render',
  summary: 'forge smelt cold, warm and one changed, beside bare helm and helmfile (FORGE_CHARTS adds real charts)',
  async run(tell) {
    const folder = mkdtempSync(join(tmpdir(), 'forge-bench-render-'));
    try {
      await renderSet(
        `${generatedCount} generated charts`,
        generateCharts(join(folder, 'charts'), generatedCount),
        join(folder, 'generated'),
        tell,
      );
      const real = process.env['FORGE_CHARTS'];
      if (real === undefined)
        tell({ bench: 'render', name: 'real charts', why: 'FORGE_CHARTS does not name a folder of unpacked charts' });
      else await renderSet('real charts', realCharts(real), join(folder, 'real'), tell);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Contest {
  readonly cold: readonly number[];
  readonly warm: readonly number[];
  readonly oneChanged: readonly number[];
  readonly peers: readonly Peer[];
  readonly missing?: Omission;
}

async function renderSet(title: string, all: readonly Chart[], folder: string, tell: Tell): Promise<void> {
  const helm = await tool('helm');
  const charts = await renderable(helm, all);
  const { cold, warm, oneChanged, peers, missing } = await contest(charts, folder, helm);
  const figure = (what: string, ours: readonly number[], rest: Partial<Figure>) =>
    tell({ bench: 'render', name: `${what}, ${charts.length} of ${title}`, unit: 's', ours, peers: [], ...rest });
  figure('smelt cold', cold, { peers, goal: { kind: 'ratio at most', peer: floorName, value: 1.25 } });
  figure('smelt, nothing changed', warm, { goal: { kind: 'at most', value: 0.15 } });
  figure('smelt, one component changed', oneChanged, { goal: { kind: 'at most', value: 0.3 } });
  if (missing !== undefined) tell(missing);
}

async function contest(charts: readonly Chart[], folder: string, helm: string): Promise<Contest> {
  const platform = join(folder, 'platform.yaml');
  const env = { FORGE_CACHE: join(folder, 'cache'), FORGE_TOOL_HELM: helm };
  const smelt = async () => (await measure(process.execPath, [forge, 'smelt', '-f', platform], { env })).wallSeconds;
  let change = 0;
  writePlatform(folder, charts, change);
  const { floor, loop, ...ours } = await inTurn(rounds, {
    cold: async () => {
      for (const part of ['cache', 'working', 'forge.lock', '.forge'])
        rmSync(join(folder, part), { recursive: true, force: true });
      return smelt();
    },
    warm: smelt,
    oneChanged: async () => {
      change += 1;
      writePlatform(folder, charts, change);
      return smelt();
    },
    loop: async () => (await helmLoop(helm, charts)).wallSeconds,
    floor: async () => (await helmLoop(helm, charts)).cpuSeconds / availableParallelism(),
  });
  const helmfile = await helmfileFigure(folder, charts, helm);
  const peers = [
    { name: floorName, values: floor },
    { name: 'bare helm template, one by one', values: loop },
  ];
  return 'values' in helmfile ? { ...ours, peers: [...peers, helmfile] } : { ...ours, peers, missing: helmfile };
}

/** Charts that need values we do not have fail in every contestant; they are left out for all. */
async function renderable(helm: string, charts: readonly Chart[]): Promise<readonly Chart[]> {
  const tried = [];
  for (const chart of charts) tried.push({ chart, run: await measure(helm, templateArgs(chart), { mayFail: true }) });
  return tried.filter(({ run }) => run.exitCode === 0).map(({ chart }) => chart);
}

async function helmLoop(
  helm: string,
  charts: readonly Chart[],
): Promise<{ readonly wallSeconds: number; readonly cpuSeconds: number }> {
  const runs = [];
  for (const chart of charts) runs.push(await measure(helm, templateArgs(chart)));
  return {
    wallSeconds: runs.reduce((sum, run) => sum + run.wallSeconds, 0),
    cpuSeconds: runs.reduce((sum, run) => sum + run.cpuSeconds, 0),
  };
}

function templateArgs(chart: Chart): readonly string[] {
  return [
    'template',
    chart.name,
    chart.directory,
    '--namespace',
    chart.name,
    '--include-crds',
    '--kube-version',
    '1.36.3',
  ];
}

/** A platform with one component a chart. `change` alters one value of the first. */
function writePlatform(folder: string, charts: readonly Chart[], change: number): void {
  const components = charts.map(
    (chart, at) => `    ${chart.name}: ${at === 0 ? `{values: {benchChange: ${change}}}` : '{}'}\n`,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'platform.yaml'),
    `apiVersion: clusterforge.dev/v1alpha1\nkind: Platform\nmetadata: {name: bench}\nspec:\n  components:\n${components.join('')}`,
  );
  for (const chart of charts) {
    const directory = join(folder, 'catalog', chart.name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'component.yaml'),
      `apiVersion: clusterforge.dev/v1alpha1\nkind: Component\nmetadata: {name: ${chart.name}, category: bench, title: a chart, license: Apache-2.0}\nspec:\n  version: ${JSON.stringify(chart.version)}\n  namespace: ${chart.name}\n  sources: [{helm: {chart: ${JSON.stringify(chart.directory)}}}]\n`,
    );
  }
}

async function helmfileFigure(folder: string, charts: readonly Chart[], helm: string): Promise<Peer | Omission> {
  const helmfile = await tool('helmfile').catch((error: unknown) => (error instanceof Error ? error : undefined));
  if (typeof helmfile !== 'string')
    return { bench: 'render', name: 'helmfile', why: helmfile?.message ?? 'it cannot be built here' };
  const releases = charts.map(
    (chart) => `- {name: ${chart.name}, namespace: ${chart.name}, chart: ${JSON.stringify(chart.directory)}}\n`,
  );
  const file = join(folder, 'helmfile.yaml');
  writeFileSync(file, `releases:\n${releases.join('')}`);
  const cores = String(availableParallelism());
  const args = ['--helm-binary', helm, '-f', file, 'template', '--include-crds', '--skip-deps', '--concurrency', cores];
  const { seconds } = await inTurn(rounds, { seconds: async () => (await measure(helmfile, args)).wallSeconds });
  return { name: 'helmfile template', values: seconds };
}
