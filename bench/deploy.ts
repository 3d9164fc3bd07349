import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifests } from '@cluster-forge/kube/manifest/read-manifests';
import { generatePlatform } from './deploy-input.ts';
import type { Benchmark, Figure, Goal, Omission, Peer } from './figure.ts';
import { forgeDeploy, type ForgeDeploy } from './forge-deploy.ts';
import { startBenchLab, type BenchLab } from './lab.ts';
import { measure } from './measure.ts';
import { tool } from './tools.ts';

const root = join(import.meta.dirname, '..');
const forge = join(root, 'packages/cli/bin/forge.mjs');
const nodes = 100;
const naivePasses = 2;
const handOrderedName = 'kubectl, hand-ordered, no gates';
const goal: Goal = { kind: 'ratio at most', peer: handOrderedName, value: 0.7 };

type Tell = (entry: Figure | Omission) => void;

/** Deploying a platform into a fresh lab: ours with every gate held, beside kubectl, which only applies. */
export const deploy: Benchmark = {
  name: 'deploy',
  summary:
    'deploy with all gates beside kubectl apply --server-side, hand-ordered and naive, each on a fresh lab with 100 nodes',
  async run(tell) {
    const folder = mkdtempSync(join(tmpdir(), 'forge-bench-deploy-'));
    try {
      const generated = generatePlatform(join(folder, 'generated'), 50);
      await deploySet({ title: '50 generated components', platform: generated }, folder, tell);
      const real = join(root, 'examples/real/platform.yaml');
      if (existsSync(join(root, '../shared/real')))
        await deploySet({ title: 'real components', platform: real, goal }, folder, tell);
      else tell({ bench: 'deploy', name: 'real components', why: 'there is no ../shared/real beside this checkout' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Outcome {
  readonly first: ForgeDeploy;
  readonly second: ForgeDeploy;
  readonly peers: readonly Peer[];
}

/** A platform to deploy; `goal` where one is set for it. */
interface DeploySet {
  readonly title: string;
  readonly platform: string;
  readonly goal?: Goal;
}

async function deploySet(set: DeploySet, folder: string, tell: Tell): Promise<void> {
  const parts = await writeParts(set.platform, join(folder, 'parts'));
  report(set, await contest(set.platform, parts), tell);
}

/** One round each on a fresh lab: CRDs of one contestant would spoil the next. */
async function contest(platform: string, parts: string): Promise<Outcome> {
  const kubectl = await tool('kubectl');
  const [first, second] = await inLab(
    async (lab) => [await forgeDeploy(['-f', platform], lab), await forgeDeploy(['-f', platform], lab)] as const,
  );
  const ordered = await inLab((lab) => handOrdered(kubectl, parts, lab));
  const { seconds, refused } = await inLab((lab) => naive(kubectl, parts, lab));
  const peers = [
    { name: handOrderedName, values: [ordered] },
    { name: `kubectl, ${naivePasses} naive passes, ${refused} refused`, values: [seconds] },
  ];
  return { first, second, peers };
}

function report({ title, goal: target }: DeploySet, { first, second, peers }: Outcome, tell: Tell): void {
  const name = `${title}, ${first.objects} objects`;
  const figure = (what: string, unit: Figure['unit'], value: number, rest: Partial<Figure> = {}) =>
    tell({ bench: 'deploy', name: `${what}, ${name}`, unit, ours: [value], peers: [], ...rest });
  figure('deploy with all gates', 's', first.seconds, { peers, ...(target === undefined ? {} : { goal: target }) });
  figure('rate', 'objects/s', first.objects / first.seconds);
  for (const [role, seconds] of Object.entries(first.cpu)) figure(`CPU of ${role}`, 'cpu s', seconds);
  figure('changing requests of the first deploy', 'requests', first.mutating);
  figure('second deploy', 's', second.seconds);
  figure('changing requests of the second deploy', 'requests', second.mutating, {
    goal: { kind: 'at most', value: 0 },
  });
}

async function inLab<T>(work: (lab: BenchLab) => Promise<T>): Promise<T> {
  const lab = await startBenchLab(nodes);
  try {
    return await work(lab);
  } finally {
    await lab.stop();
  }
}

/** The rendered objects as a careful person would order them by hand. */
const order = ['namespaces', 'definitions', 'rest', 'webhooks'] as const;

async function writeParts(platform: string, folder: string): Promise<string> {
  await measure(process.execPath, [forge, 'smelt', '-f', platform]);
  const working = join(platform, '..', 'working');
  const texts = new Map<string, string[]>(order.map((part) => [part, []]));
  for (const file of globSync('*/*.yaml', { cwd: working }).sort()) {
    for (const { text, id } of readManifests(readFileSync(join(working, file), 'utf8'), file))
      texts.get(partOf(id.kind))?.push(text);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [part, list] of texts)
    if (list.length > 0) writeFileSync(join(folder, `${part}.yaml`), list.join('\n---\n'));
  return folder;
}

function partOf(kind: string): (typeof order)[number] {
  if (kind === 'Namespace') return 'namespaces';
  if (kind === 'CustomResourceDefinition') return 'definitions';
  return kind.endsWith('WebhookConfiguration') || kind === 'APIService' ? 'webhooks' : 'rest';
}

async function handOrdered(kubectl: string, parts: string, lab: BenchLab): Promise<number> {
  let seconds = 0;
  for (const part of order) {
    const file = join(parts, `${part}.yaml`);
    if (!existsSync(file)) continue;
    seconds += (await apply(kubectl, file, lab)).wallSeconds;
    if (part === 'definitions')
      seconds += (await run(kubectl, lab, 'wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s'))
        .wallSeconds;
  }
  return seconds;
}

async function naive(
  kubectl: string,
  parts: string,
  lab: BenchLab,
): Promise<{ readonly seconds: number; readonly refused: number }> {
  let seconds = 0;
  let refused = 0;
  for (let pass = 0; pass < naivePasses; pass += 1) {
    const result = await apply(kubectl, parts, lab);
    seconds += result.wallSeconds;
    refused = result.stderr.split('\n').filter((line) => /^(Error|error)/.test(line)).length;
  }
  return { seconds, refused };
}

function apply(kubectl: string, path: string, lab: BenchLab) {
  return run(kubectl, lab, 'apply', '--server-side', '-f', path);
}

function run(kubectl: string, lab: BenchLab, ...args: readonly string[]) {
  return measure(kubectl, [`--kubeconfig=${lab.kubeconfig}`, ...args], { mayFail: true });
}
