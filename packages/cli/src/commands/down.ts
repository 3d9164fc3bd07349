import { down as removePlatform } from '@cluster-forge/forge/operate/down';
import { stopLab } from '@cluster-forge/lab';
import { done, type Command, type Input, type Outcome, type Session } from '../command.ts';
import { confirm } from '../confirm.ts';
import { deployedOptions, namedPlatform, onlyLab, openPlatform } from '../open-platform.ts';
import { targetOptions } from '../target.ts';

export const down: Command = {
  summary: 'stop and remove what `up` started',
  description:
    'A lab is ended with all that is in it, whatever state it is in. On a cluster the platform is removed backwards along its order, after a question;\nvolume claims and generated secrets stay unless --with-data is given.',
  options: [
    ...deployedOptions,
    ...targetOptions,
    { name: 'with-data', help: 'on a cluster: volume claims and generated secrets go too' },
  ],
  examples: [
    { command: 'forge down', does: 'end the lab' },
    { command: 'forge down --context east-admin', does: 'remove the platform from a cluster; asks first' },
  ],
  async run(input, session) {
    const isCluster = input.text('kubeconfig') !== undefined || input.text('context') !== undefined;
    return isCluster ? removeFromCluster(input, session) : endLab(input, session);
  },
};

/** Asks nobody inside the lab: a broken one must go too. */
async function endLab(input: Input, session: Session): Promise<Outcome> {
  const lab = await onlyLab(input.text('lab-name') ?? (await namedPlatform(input, session)), session);
  if (lab === undefined)
    return done({ ended: [] }, 'no lab runs; a platform on a cluster is removed with --context NAME');
  await stopLab(session.workplace.stateDirectory, lab.name, session.ctx);
  return done({ ended: [lab.name] }, `lab ${lab.name} is gone`);
}

async function removeFromCluster(input: Input, session: Session): Promise<Outcome> {
  const { name, target } = await openPlatform(input, session);
  try {
    await confirm(`Remove ${name} from ${target.cluster.name} (${target.cluster.server})?`, session);
    const result = await removePlatform(name, target.cluster, { withData: input.has('with-data') }, session.ctx);
    const text = [`${result.removed.length} objects removed`, ...result.kept.map((kept) => `kept ${kept}`)].join('\n');
    return { data: result, text, exit: result.problems.length === 0 ? 0 : 1 };
  } finally {
    await target.cluster.close();
  }
}
