import { status as statusOf } from '@cluster-forge/forge/operate/status';
import type { Command } from '../command.ts';
import { deployedOptions, openPlatform } from '../open-platform.ts';
import { printStatus } from '../print/status.ts';
import { targetOptions } from '../target.ts';
import { watchStatus } from '../watch-status.ts';

export const status: Command = {
  summary: 'what is ready, and what the rest waits for',
  description:
    'Reads the state from the cluster alone. Ends with 3 while a component is not ready, so scripts can wait for it.',
  options: [
    ...deployedOptions,
    ...targetOptions,
    { name: 'watch', short: 'w', help: 'stay, and show changes until Ctrl-C' },
  ],
  examples: [
    { command: 'forge status', does: 'the platform of this folder, or the one in the lab' },
    { command: 'forge status -o json | jq ".components[] | select(.ready | not)"', does: 'only what is not ready' },
  ],
  async run(input, session) {
    const { name, target } = await openPlatform(input, session);
    try {
      if (input.has('watch')) await watchStatus({ platform: name, target }, session);
      const state = await statusOf(name, target.cluster, session.ctx);
      const lab =
        target.lab === undefined
          ? {}
          : { lab: { name: target.lab.name, server: target.lab.server, kubeconfigPath: target.lab.kubeconfigPath } };
      return {
        data: { ...state, ...lab },
        text: printStatus(state, target.lab, session.paint),
        exit: state.ready ? 0 : 3,
      };
    } finally {
      await target.cluster.close();
    }
  },
};
