import { argv, stdout } from 'node:process';
import { startLab } from '@cluster-forge/lab';
import { testContext } from '../rig/context.ts';

/** Run by tests as a process of its own that can be killed: starts a lab without nodes, tells each step on stdout, says `ready`, and stays. */
const [, , stateRoot = '', name = '', lifetime] = argv;
const ctx = testContext();
const host = {
  ...ctx.host,
  emit: (event: Parameters<typeof ctx.host.emit>[0]) => {
    if (event.kind === 'task') stdout.write(`${event.title}: ${event.state}\n`);
  },
};
await startLab({ stateRoot, name, ephemeral: lifetime === 'ephemeral', nodes: [] }, { ...ctx, host });
stdout.write('ready\n');
setInterval(() => undefined, 60_000);
