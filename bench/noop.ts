import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgeDeploy } from './forge-deploy.ts';
import type { Benchmark } from './figure.ts';
import { startBenchLab, type BenchLab } from './lab.ts';
import { inTurn, measure } from './measure.ts';
import { tool } from './tools.ts';

const rounds = 3;

/** Deploying what is deployed already. */
export const noop: Benchmark = {
  name: 'noop',
  summary: 'a second deploy of airm-local: changing requests, and its time beside a dry run of kubectl apply',
  async run(tell) {
    const folder = mkdtempSync(join(tmpdir(), 'forge-bench-noop-'));
    const lab = await startBenchLab(8);
    try {
      const { seconds, kubectl, mutating } = await compare(folder, lab);
      tell({
        bench: 'noop',
        name: 'changing requests of a second deploy',
        unit: 'requests',
        ours: mutating,
        peers: [],
        goal: { kind: 'at most', value: 0 },
      });
      const peers = [{ name: 'kubectl apply --dry-run=server', values: kubectl }];
      tell({ bench: 'noop', name: 'second deploy, the whole line', unit: 's', ours: seconds, peers });
    } finally {
      await lab.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function compare(folder: string, lab: BenchLab) {
  const kubectl = await tool('kubectl');
  const deploy = () => forgeDeploy(['--stack', 'airm-local'], lab, folder);
  await deploy();
  const mutating: number[] = [];
  const working = join(folder, '.forge/stacks/airm-local/working');
  const dryRun = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-R', '-f', working];
  const values = await inTurn(rounds, {
    seconds: async () => {
      const result = await deploy();
      mutating.push(result.mutating);
      return result.seconds;
    },
    kubectl: async () => (await measure(kubectl, [`--kubeconfig=${lab.kubeconfig}`, ...dryRun])).wallSeconds,
  });
  return { ...values, mutating };
}
