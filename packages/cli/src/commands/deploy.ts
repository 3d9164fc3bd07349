import type { Deployment } from '@cluster-forge/forge/deploy/deployment';
import { prepare, refuseErrors } from '@cluster-forge/forge/line';
import { amountOf } from '../amount.ts';
import type { Command, Input, Option, Outcome, Session } from '../command.ts';
import { confirm } from '../confirm.ts';
import { kubeVersionOption, lineRequest, mineOptions, platformOptions } from '../platform-options.ts';
import { printDeployment, runDeploy } from '../run-deploy.ts';
import { checkTarget, labNodeOptions, openOrStartTarget, targetOptions, type Target } from '../target.ts';

const deployOptions: readonly Option[] = [
  { name: 'force-conflicts', help: 'take fields that other managers own' },
  { name: 'no-prune', help: 'keep what is no longer part of the platform' },
  { name: 'prune-data', help: 'let prune remove volume claims and generated secrets too' },
  { name: 'gate-timeout', value: 'SECONDS', help: 'limit for every gate, instead of what components say' },
  { name: 'force-check', help: 'deploy in spite of errors that check found' },
];

export const deploy: Command = {
  summary: 'apply along the graph, with gates; resumable',
  description:
    'Runs the whole line and applies the release: server-side apply along every edge, gates by watch, hooks, prune by inventory, a numbered record in the\ncluster. Interrupt it at any time: the same command goes on. The same release again changes nothing.',
  options: [
    ...platformOptions,
    ...mineOptions,
    kubeVersionOption,
    ...targetOptions,
    ...labNodeOptions,
    ...deployOptions,
  ],
  examples: [
    { command: 'forge deploy --lab', does: 'rehearse on a lab; it stays for forge status and the next deploy' },
    { command: 'forge deploy --context east-admin', does: 'on a cluster; asks first' },
    {
      command: 'forge deploy --stack airm-local --lab --nodes 100 --gpu amd.com/gpu=8',
      does: 'on a hundred simulated nodes',
    },
  ],
  async run(input, session) {
    const options = optionsOf(input);
    checkTarget(input);
    const prepared = await prepare(lineRequest(input, session), session.ctx);
    if (!input.has('force-check')) refuseErrors(prepared.findings);
    const target = await openOrStartTarget(prepared.platform.name, input, session);
    try {
      if (target.lab === undefined) await confirm(questionFor(prepared.platform.name, target), session);
      const deployment = await runDeploy(prepared.release, target, options, session.ctx);
      return outcomeOf(deployment, session);
    } finally {
      await target.cluster.close();
    }
  },
};

/** How a deployment ends a command: 0 when all is as it should be, 1 when not; an interruption ends with 130 in main. */
export function outcomeOf(deployment: Deployment, session: Session): Outcome {
  session.ctx.signal.throwIfAborted();
  const isDone = deployment.outcome === 'succeeded' || deployment.outcome === 'unchanged';
  return { data: deployment, text: printDeployment(deployment, session.paint), exit: isDone ? 0 : 1 };
}

function optionsOf(input: Input) {
  const timeout = amountOf(input, 'gate-timeout', { unit: 'seconds', least: 1 });
  return {
    forceConflicts: input.has('force-conflicts'),
    prune: !input.has('no-prune'),
    pruneData: input.has('prune-data'),
    ...(timeout === undefined ? {} : { gateTimeoutMs: timeout * 1000 }),
  };
}

/** A real cluster is asked for; a lab is there to be used. */
function questionFor(platform: string, { cluster }: Target): string {
  return `Deploy ${platform} to ${cluster.name} (${cluster.server})?`;
}
