import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, processCpuSeconds } from './measure.ts';

const forge = join(import.meta.dirname, '../packages/cli/bin/forge.mjs');

/** A lab of this benchmark alone, with its own state directory. */
export interface BenchLab {
  readonly kubeconfig: string;
  /** Environment in which forge finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** CPU seconds so far by role, such as `kube-apiserver`. */
  cpu(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

interface Status {
  readonly kubeconfigPath: string;
  readonly processes: readonly { readonly role: string; readonly pid: number }[];
}

/** Starts a lab by the command line, as a user does. */
export async function startBenchLab(nodes: number): Promise<BenchLab> {
  const state = mkdtempSync(join(tmpdir(), 'forge-bench-lab-'));
  const env = { FORGE_STATE: state };
  const lab = (...words: readonly string[]) =>
    measure(process.execPath, [forge, 'lab', ...words, '-o', 'json'], { env });
  await lab('up', 'bench', '--nodes', String(nodes), '--gpu', `amd.com/gpu=8@${Math.floor(nodes / 2)}`);
  // Printed by `forge lab status -o json` itself.
  const status = JSON.parse((await lab('status', 'bench')).stdout) as Status;
  return {
    env,
    kubeconfig: status.kubeconfigPath,
    cpu: () =>
      Object.fromEntries(status.processes.map(({ role, pid }) => [role, processCpuSeconds(pid) ?? Number.NaN])),
    stop: async () => {
      await lab('down', 'bench');
      rmSync(state, { recursive: true, force: true });
    },
  };
}
