import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Stage files of this folder, in the order in which kwok gets them. */
export const stageFiles = ['node', 'pod', 'pod-failure', 'storage', 'load-balancer'] as const;

/** Pace of the simulation. */
export interface Timing {
  /** From start to ready of a pod that has no annotation. Default 0: at once. */
  readonly readyAfterMs?: number;
}

const settings = `apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options:
  podPlayStageParallelism: 16
  nodePlayStageParallelism: 8
  nodeLeaseParallelism: 8
`;

/** The configuration file of kwok: its settings and all Stages. */
export async function kwokConfiguration(timing: Timing = {}): Promise<string> {
  const texts = await Promise.all(
    stageFiles.map((name) => readFile(fileURLToPath(new URL(`${name}.yaml`, import.meta.url)), 'utf8')),
  );
  return [settings, ...texts.map((text) => withTiming(text, timing))].join('---\n');
}

/** The stage of a pod's start asks whether there is a delay at all, the stage of its readiness waits for it. */
function withTiming(text: string, { readyAfterMs = 0 }: Timing): string {
  return text
    .replace('"DEFAULT_READY_AFTER"', `"${readyAfterMs === 0 ? '0s' : `${readyAfterMs}ms`}"`)
    .replace(/(name: pod-ready \}[\s\S]*?durationMilliseconds: )0/, `$1${readyAfterMs}`);
}
