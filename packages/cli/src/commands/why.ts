import { why as whyOf } from '@cluster-forge/forge/operate/why';
import type { Command } from '../command.ts';
import { deployedOptions, openPlatform } from '../open-platform.ts';
import { oneLine } from '../paint.ts';
import { targetOptions } from '../target.ts';

export const why: Command = {
  summary: 'the chain of causes behind anything not ready',
  description:
    'Follows a component or an object down to what is wrong: its pods, their events, a missing Secret or claim, an image, a quota. Ends with 3 when something is.',
  arguments: [
    {
      name: 'SUBJECT',
      help: 'a component, or an object such as deployment/web; default: everything that is not ready',
    },
    { name: 'NAME', help: 'namespace/name, when SUBJECT is a kind' },
  ],
  options: [...deployedOptions, ...targetOptions],
  examples: [
    { command: 'forge why', does: 'all that is not ready' },
    { command: 'forge why keycloak-plain', does: 'one component' },
    { command: 'forge why Deployment airm/keycloak', does: 'one object' },
  ],
  async run(input, session) {
    const { name, target } = await openPlatform(input, session);
    try {
      const subject = input.arguments.length === 0 ? undefined : input.arguments.join(' ');
      const answer = await whyOf(name, subject, target.cluster, session.ctx);
      const chains = answer.chains.map((chain) =>
        chain
          .map(
            ({ subject, says }, depth) =>
              `${'  '.repeat(depth)}${depth === 0 ? '' : session.paint.dim('because ')}${session.paint.strong(oneLine(subject))}: ${oneLine(says)}`,
          )
          .join('\n'),
      );
      return {
        data: answer,
        text: chains.length === 0 ? 'everything is ready' : chains.join('\n\n'),
        exit: chains.length === 0 ? 0 : 3,
      };
    } finally {
      await target.cluster.close();
    }
  },
};
