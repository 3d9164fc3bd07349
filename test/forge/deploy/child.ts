import { systemClock, type Event } from '@cluster-forge/base';
import { deploy } from '@cluster-forge/forge/deploy/deploy';
import { connect } from '@cluster-forge/kube/cluster/connect';
import { crashParts, type Version } from './crash-parts.ts';
import { releaseOf } from './release.ts';

/** A deploy in a process of its own, so that it can be killed: `node child.ts KUBECONFIG DIRECTORY PLATFORM before|after`. Prints its events and outcome. */
async function main([kubeconfig = '', directory = '', platform = '', version = '']: readonly string[]): Promise<void> {
  const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const host = {
    emit: (event: Event) => void print(event),
    ask: () => Promise.reject(new Error('nobody answers here')),
  };
  const ctx = { signal: new AbortController().signal, host, clock: systemClock };
  const cluster = await connect({ kubeconfig }, ctx);
  const parts = crashParts(platform, version satisfies string as Version); // The caller passes one of the two.
  const { outcome, problems, release } = await deploy(
    releaseOf(platform, directory, parts),
    { cluster },
    { who: 'tester' },
    ctx,
  );
  print({ outcome, problems, release });
  await cluster.close();
  process.exitCode = problems.length === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
