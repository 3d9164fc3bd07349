import { argv, stdout } from 'node:process';
import { systemClock, type Context } from '@cluster-forge/base';
import { connect } from '@cluster-forge/kube/cluster/connect';
import { runOperators } from './operators.ts';

/** The operator process of a lab: `node main.ts KUBECONFIG MODELS_DIRECTORY`. Logs events as lines of JSON; ends on SIGTERM. */
const [, , kubeconfig = '', models = ''] = argv;
const stop = new AbortController();
const ctx: Context = {
  signal: stop.signal,
  clock: systemClock,
  host: {
    emit: (event) => void stdout.write(`${JSON.stringify(event)}\n`),
    ask: (question) => Promise.resolve(question.default ?? ''),
  },
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

const cluster = await connect({ kubeconfig }, ctx);
await runOperators(models, cluster, ctx);
await cluster.close();
