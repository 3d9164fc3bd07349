import { load, prepare, refuseErrors, type Prepared } from '@cluster-forge/forge/line';
import { labDirectory, labStatus, type Lab } from '@cluster-forge/lab';
import { done, type Command, type Input, type Outcome, type Session } from '../command.ts';
import { kubeVersionOption, lineRequest, mineOptions, platformOptions } from '../platform-options.ts';
import { runDeploy } from '../run-deploy.ts';
import { outcomeOf } from './deploy.ts';
import { checkTarget, labName, labNodeOptions, labTarget, runningLab } from '../target.ts';
import { silent } from '../silent.ts';
import { watchStatus } from '../watch-status.ts';

/** What a newcomer gets. */
export const defaultStack = 'airm-local';

export const up: Command = {
  summary: 'bring up a lab and a platform on it, and watch it',
  description:
    'Sets up the external programs, starts a lab (a real control plane with eight simulated nodes, four of them with eight GPUs each) and deploys the platform\non it. Then it shows the state of every component until Ctrl-C, which ends all it started, with exit code 0; before everything is ready Ctrl-C ends with 130. With --detach it ends as soon as everything is ready,\nand the lab stays until forge down.',
  options: [
    ...platformOptions,
    ...mineOptions,
    kubeVersionOption,
    { name: 'lab-name', value: 'NAME', help: 'default: the name of the platform' },
    ...labNodeOptions,
    { name: 'detach', short: 'd', help: 'do not stay; forge status and forge down do the rest' },
  ],
  examples: [
    { command: 'forge up', does: `the stack ${defaultStack}, or platform.yaml of this folder` },
    { command: 'forge up --detach --nodes 100 --gpu amd.com/gpu=8@40', does: 'a hundred nodes, in the background' },
  ],
  async run(input, session) {
    checkTarget(input);
    const request = lineRequest(input, session, defaultStack);
    // The lab is named after the platform; the line loads it again with the rest, and tells about it then.
    const { name } = await load(request, silent(session));
    const wasRunning = await isRunning(labName(name, input), session);
    const ephemeral = !input.has('detach') && !wasRunning;
    const [lab, prepared] = await Promise.all([
      runningLab(labName(name, input), input, session, { ephemeral }),
      prepare(request, session.ctx),
    ]);
    try {
      return await deployAndStay({ lab, prepared }, input, session);
    } finally {
      if (ephemeral) await lab.stop({ ...session.ctx, signal: new AbortController().signal });
      else await lab.close();
    }
  },
};

async function deployAndStay(
  { lab, prepared }: { readonly lab: Lab; readonly prepared: Prepared },
  input: Input,
  session: Session,
): Promise<Outcome> {
  refuseErrors(prepared.findings);
  const deployment = await runDeploy(prepared.release, labTarget(lab), {}, session.ctx);
  const outcome = outcomeOf(deployment, session);
  if (outcome.exit !== 0) return outcome;
  if (input.has('detach'))
    return {
      ...outcome,
      data: { lab: lab.name, kubeconfigPath: lab.kubeconfigPath, deployment },
      text: `${outcome.text}\n\n${nextSteps(lab)}`,
    };
  await watchStatus({ platform: prepared.platform.name, target: labTarget(lab) }, session);
  return done({ lab: lab.name, outcome: 'stopped' }, '');
}

function nextSteps(lab: Lab): string {
  return [
    'Next:',
    '  forge status                 what is ready',
    `  export KUBECONFIG=${lab.kubeconfigPath}`,
    '  kubectl get pods -A          any Kubernetes tool works',
    '  forge down                   end it',
  ].join('\n');
}

async function isRunning(name: string, { workplace }: Session): Promise<boolean> {
  return (await labStatus(labDirectory(workplace.stateDirectory, name)))?.phase === 'ready';
}
