import type { Context } from '@cluster-forge/base';
import { deploy } from '@cluster-forge/forge/deploy/deploy';
import type { Deployment, DeployOptions } from '@cluster-forge/forge/deploy/deployment';
import type { Release } from '@cluster-forge/forge/plan/release';
import { whileLabLives } from './lab-health.ts';
import { duration, table, type Paint } from './paint.ts';
import { printDiagnostic } from './print/problem.ts';
import type { Target } from './target.ts';

/** Deploys into a cluster, or into a lab with the operator models that the platform's components bring. */
export async function runDeploy(
  release: Release,
  { cluster, lab }: Target,
  options: DeployOptions,
  ctx: Context,
): Promise<Deployment> {
  if (lab === undefined) return deploy(release, { cluster }, options, ctx);
  return whileLabLives(lab, ctx, async (live) => {
    await lab.setModels(
      release.platform.components.flatMap((component) => component.simulate),
      live,
    );
    return deploy(release, { cluster, adapt: lab.adapt }, options, live);
  });
}

/** What a deploy did, for people. */
export function printDeployment(deployment: Deployment, paint: Paint): string {
  const { outcome, components, requests } = deployment;
  const rows = components.map(({ component, state, readyMs, reason }) => [
    state === 'ready' ? paint.good('✔') : paint.bad('✘'),
    component,
    state === 'ready' && readyMs !== undefined ? `ready after ${duration(readyMs)}` : state,
    reason ?? '',
  ]);
  const number = deployment.release === undefined ? '' : ` release ${deployment.release},`;
  return [
    ...(outcome === 'unchanged' ? [] : [table(rows)]),
    ...deployment.problems.map((problem) => printDiagnostic(problem, paint)),
    ...printNotes(deployment.notes, paint),
    `${deployment.platform}: ${outcome},${number} ${deployment.objects.length} objects, ${requests.mutating} changing requests, ${duration(deployment.durationMs)}`,
  ].join('\n');
}

const shownNotes = 5;

function printNotes(notes: readonly string[], paint: Paint): readonly string[] {
  const lines = [...new Set(notes)];
  const shown = lines.slice(0, shownNotes).map((line) => paint.dim(`note ${line}`));
  return lines.length <= shownNotes
    ? shown
    : [...shown, paint.dim(`and ${lines.length - shownNotes} more notes; -o json has all of them`)];
}
