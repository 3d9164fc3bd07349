import { join } from 'node:path';
import type { Benchmark } from './figure.ts';
import { inTurn, measure } from './measure.ts';
import { tool } from './tools.ts';

const forge = join(import.meta.dirname, '../packages/cli/bin/forge.mjs');
const rounds = 11;

/** How long a person waits for the command line itself. */
export const start: Benchmark = {
  name: 'start',
  summary: 'forge --version and --help beside helm, kubectl and bare node',
  async run(tell) {
    const helm = await tool('helm');
    const kubectl = await tool('kubectl');
    const wall =
      (command: string, ...args: readonly string[]) =>
      async () =>
        (await measure(command, args)).wallSeconds * 1000;
    const values = await inTurn(rounds, {
      version: wall(process.execPath, forge, '--version'),
      help: wall(process.execPath, forge, '--help'),
      node: wall(process.execPath, '-e', '0'),
      helm: wall(helm, 'version', '--short'),
      kubectl: wall(kubectl, 'version', '--client'),
    });
    const peers = [
      { name: 'node -e 0', values: values.node },
      { name: 'helm version', values: values.helm },
      { name: 'kubectl version --client', values: values.kubectl },
    ];
    tell({
      bench: 'start',
      name: 'forge --version',
      unit: 'ms',
      ours: values.version,
      peers,
      goal: { kind: 'at most', value: 80 },
    });
    tell({ bench: 'start', name: 'forge --help', unit: 'ms', ours: values.help, peers });
  },
};
