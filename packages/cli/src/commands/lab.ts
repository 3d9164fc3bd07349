import { listLabs, startLab, stopLab, type LabStatus } from '@cluster-forge/lab';
import { amountOf } from '../amount.ts';
import { done, type Command, type Input, type Outcome, type Session } from '../command.ts';
import { lastLine } from '../lab-health.ts';
import { table } from '../paint.ts';
import { labNodeOptions, nodesOf } from '../target.ts';

export const lab: Command = {
  summary: 'simulated clusters: up, down, status, list',
  description:
    'A lab is a real Kubernetes control plane (etcd, API server, controllers, scheduler) with simulated nodes, as plain processes on loopback.\nSeveral labs run side by side; each has its name, ports and state directory.',
  arguments: [
    { name: 'ACTION', help: 'what to do', required: true, choices: ['up', 'down', 'status', 'list'] },
    { name: 'NAME', help: 'which lab; default: lab' },
  ],
  options: [
    ...labNodeOptions,
    { name: 'pod-delay', value: 'MS', help: 'milliseconds from the start of a pod to its readiness; default 0' },
    { name: 'ephemeral', help: 'stays in the foreground and is removed when this command ends' },
  ],
  examples: [
    { command: 'forge lab up --nodes 100 --gpu amd.com/gpu=8', does: 'a hundred nodes with eight GPUs each' },
    { command: 'forge lab up west --node-group h100=4 --node-group infra=3', does: 'another lab beside it' },
    {
      command: 'KUBECONFIG=$(forge lab status -o json | jq -r .kubeconfigPath) kubectl get nodes',
      does: 'any tool can talk to it',
    },
    { command: 'forge lab down west', does: 'end its processes and remove its files' },
  ],
  run: async (input, session) => {
    const name = input.arguments[1] ?? 'lab';
    switch (input.arguments[0]) {
      case 'up':
        return up(name, input, session);
      case 'down':
        return down(name, session);
      case 'status':
        return show(
          (await listLabs(session.workplace.stateDirectory)).filter((status) => status.name === name),
          name,
        );
      default:
        return list(await listLabs(session.workplace.stateDirectory));
    }
  },
};

async function up(name: string, input: Input, session: Session): Promise<Outcome> {
  const groups = nodesOf(input);
  const ephemeral = input.has('ephemeral');
  const delay = amountOf(input, 'pod-delay', { unit: 'milliseconds', least: 0 });
  const options = {
    name,
    stateRoot: session.workplace.stateDirectory,
    ephemeral,
    ...(groups === undefined ? {} : { nodes: groups }),
    ...(delay === undefined ? {} : { timing: { readyAfterMs: delay } }),
  };
  const started = await startLab(options, session.ctx);
  if (ephemeral) {
    session.ctx.host.emit({
      kind: 'note',
      at: session.ctx.clock.now(),
      level: 'info',
      text: `lab ${name} is ready: KUBECONFIG=${started.kubeconfigPath}; Ctrl-C ends it`,
    });
    await untilAborted(session.ctx.signal);
    await started.stop({ ...session.ctx, signal: new AbortController().signal });
  }
  return done(
    { name, server: started.server, kubeconfigPath: started.kubeconfigPath },
    ephemeral ? '' : `lab ${name} is ready\n  export KUBECONFIG=${started.kubeconfigPath}`,
  );
}

async function down(name: string, session: Session): Promise<Outcome> {
  const existed = await stopLab(session.workplace.stateDirectory, name, session.ctx);
  return done({ name, existed }, existed ? `lab ${name} is gone` : `there is no lab called ${name}`);
}

function show(labs: readonly LabStatus[], name: string): Outcome {
  const [status] = labs;
  if (status === undefined)
    return { data: null, text: `there is no lab called ${name}; forge lab up ${name} starts one`, exit: 3 };
  const rows = status.processes.map((process) => [
    `  ${process.role}`,
    String(process.pid),
    process.running ? 'running' : `ended: ${lastLine(process.logTail ?? '')}`,
  ]);
  return {
    data: status,
    text: `${status.name}: ${status.phase}, ${status.server}\n${table(rows)}\n  export KUBECONFIG=${status.kubeconfigPath}`,
    exit: status.phase === 'ready' ? 0 : 3,
  };
}

function list(labs: readonly LabStatus[]): Outcome {
  if (labs.length === 0) return done([], 'no labs');
  return done(
    labs,
    table([
      ['NAME', 'PHASE', 'SINCE', 'SERVER'],
      ...labs.map((status) => [status.name, status.phase, new Date(status.createdAt).toISOString(), status.server]),
    ]),
  );
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const keepAlive = setInterval(() => {}, 60_000);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(keepAlive);
        resolve();
      },
      { once: true },
    );
  });
}
