import { join } from 'node:path';
import type { BenchLab } from './lab.ts';
import { measure } from './measure.ts';

const forge = join(import.meta.dirname, '../packages/cli/bin/forge.mjs');

/** One `forge deploy` as a whole process, with what it says of itself and what it cost the lab. */
export interface ForgeDeploy {
  readonly seconds: number;
  readonly objects: number;
  readonly mutating: number;
  /** CPU seconds by role of the lab's processes, and `forge itself`. */
  readonly cpu: Readonly<Record<string, number>>;
}

interface DeploymentJson {
  readonly objects: readonly { readonly action: string }[];
  readonly requests: { readonly mutating: number };
}

/** Deploys the platform that `words` name into the lab. Throws when it does not succeed. */
export async function forgeDeploy(words: readonly string[], lab: BenchLab, cwd?: string): Promise<ForgeDeploy> {
  const before = lab.cpu();
  const options = { env: lab.env, ...(cwd === undefined ? {} : { cwd }) };
  const run = await measure(
    process.execPath,
    [forge, 'deploy', ...words, '--lab-name', 'bench', '-o', 'json'],
    options,
  );
  const after = Object.entries(lab.cpu());
  // Printed by `forge deploy -o json` itself.
  const deployment = JSON.parse(run.stdout) as DeploymentJson;
  const spent = Object.fromEntries(after.map(([role, seconds]) => [role, seconds - (before[role] ?? 0)]));
  return {
    seconds: run.wallSeconds,
    objects: deployment.objects.filter(({ action }) => action !== 'none').length,
    mutating: deployment.requests.mutating,
    cpu: { ...spent, 'forge itself': run.cpuSeconds },
  };
}
