import { runTask, type Context, type TaskState } from '@cluster-forge/base';
import type { Release } from '../plan/release.ts';
import { closeRun, giveUp } from './close.ts';
import type { Deployment, DeployOptions, DeployTarget } from './deployment.ts';
import { createReport } from './report.ts';
import { openRun, type Run } from './run.ts';
import { walk, type Walked } from './walk/walk.ts';

/**
 * Brings a release into a cluster along its graph, every gate held, and removes what is no longer part of it. The same release again sends no
 * mutating request; after a crash or Ctrl-C the same command goes on where it stopped. What a component could not do comes back in `problems`, an
 * abort as outcome `interrupted`. Throws E_DEPLOY_LOCKED, E_DEPLOY_LEASE_LOST, E_FILE_*, and what the cluster throws while the first look is taken.
 */
export async function deploy(
  release: Release,
  target: DeployTarget,
  options: DeployOptions,
  ctx: Context,
): Promise<Deployment> {
  const id = `deploy/${release.platform.name}`;
  const stop = new AbortController();
  const inner: Context = { ...ctx, signal: AbortSignal.any([ctx.signal, stop.signal]) };
  try {
    return await runTask({ id, title: `deploy ${release.platform.name}` }, ctx, async (task) => {
      const run = await openRun({ release, target, options, abort: (error) => stop.abort(error) }, inner);
      const walked = await tryWalk(run, id, inner);
      const deployment =
        'parts' in walked
          ? await closeRun(run, walked, { inner, outer: ctx }).catch((error: unknown) => giveUp(run, error, ctx))
          : await giveUp(run, walked.error, ctx);
      task.update({ ...endOf(deployment), detail: summary(deployment) });
      return deployment;
    });
  } finally {
    stop.abort(new Error('the deploy has ended'));
  }
}

async function tryWalk(run: Run, id: string, ctx: Context): Promise<Walked | { readonly error: unknown }> {
  const { release, options, work } = run;
  const report = createReport(id, ctx);
  const gates = new Map(release.platform.components.map(({ name, gate }) => [name, gate]));
  const gateOf = (component: string) => {
    const gate = gates.get(component) ?? { timeoutMs: 600_000, settleMs: 0 };
    return options.gateTimeoutMs === undefined ? gate : { ...gate, timeoutMs: options.gateTimeoutMs };
  };
  try {
    return await walk(
      release.graph,
      work,
      {
        gateOf,
        concurrency: options.concurrency ?? 16,
        unobservedGraceMs: options.unobservedGraceMs ?? 15_000,
        onChange: (component, state) => report.update(state, component),
      },
      ctx,
    );
  } catch (error) {
    return { error };
  } finally {
    await report.end(ctx.signal.aborted ? 'stopped' : 'could not start; see the problems');
  }
}

function endOf({ outcome }: Deployment): { readonly state?: TaskState } {
  if (outcome === 'succeeded') return {};
  return { state: outcome === 'unchanged' ? 'cached' : 'failed' };
}

function summary({ outcome, problems, objects, notes }: Deployment): string {
  if (outcome === 'unchanged') return 'nothing to change';
  const sent = objects.filter(({ action }) => action !== 'unchanged' && action !== 'none').length;
  const rest = [
    problems.length > 0 ? `${problems.length} problems` : '',
    notes.length > 0 ? `${notes.length} notes` : '',
  ].filter((part) => part !== '');
  return [`${outcome}, ${sent} objects changed`, ...rest].join(', ');
}
