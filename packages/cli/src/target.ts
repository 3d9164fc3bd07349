import { connect, type Cluster } from '@cluster-forge/kube';
import {
  labDirectory,
  labStatus,
  openLab,
  startLab,
  type Lab,
  type LabStatus,
  type NodeGroup,
} from '@cluster-forge/lab';
import type { Input, Option, Session } from './command.ts';
import { cliErrors } from './errors.ts';
import { brokenLab } from './lab-health.ts';
import { nodeGroupsOf } from './node-groups.ts';

/** Which cluster a command talks to. */
export const targetOptions: readonly Option[] = [
  { name: 'lab', help: 'the lab named after the platform; deploy starts it when it does not run' },
  { name: 'lab-name', value: 'NAME', help: 'a lab of another name' },
  { name: 'kubeconfig', value: 'PATH', help: 'default: KUBECONFIG, ~/.kube/config', completes: 'files' },
  { name: 'context', value: 'NAME', help: "default: the kubeconfig's current context" },
];

/** Options of commands that may start a lab. */
export const labNodeOptions: readonly Option[] = [
  { name: 'nodes', value: 'COUNT', help: 'nodes of a lab that is started; default 8, half of them with GPUs' },
  { name: 'gpu', value: 'RESOURCE=COUNT[:MODEL][@NODES]', help: 'GPUs of those nodes', repeatable: true },
  { name: 'node-group', value: 'PROFILE=COUNT', help: 'nodes of a ready profile', repeatable: true },
];

/** A cluster to work on; `lab` when it is a simulated one. */
export interface Target {
  readonly cluster: Cluster;
  readonly lab?: Lab;
}

/**
 * The cluster that the words mean: a lab when one is asked for or runs under the platform's name and no kubeconfig is named, else the
 * kubeconfig's. Throws E_CLI_LAB, E_LAB_ABSENT and E_KUBECONFIG_*.
 */
export async function openTarget(platform: string, input: Input, session: Session): Promise<Target> {
  const name = labName(platform, input);
  checkTarget(input);
  const { stateDirectory } = session.workplace;
  const status = wantsCluster(input) ? undefined : await labStatus(labDirectory(stateDirectory, name));
  if (status?.phase === 'broken') throw brokenLab(status);
  if (wantsLab(input) || status?.phase === 'ready') return labTarget(await openLab(stateDirectory, name, session.ctx));
  return { cluster: await clusterOf(input, session) };
}

/** Like `openTarget`, but a lab that does not run is started. */
export async function openOrStartTarget(platform: string, input: Input, session: Session): Promise<Target> {
  if (!wantsLab(input)) return openTarget(platform, input, session);
  return labTarget(await runningLab(labName(platform, input), input, session));
}

/** The lab of that name, started when it does not run. */
export async function runningLab(
  name: string,
  input: Input,
  session: Session,
  options: { readonly ephemeral?: boolean } = {},
): Promise<Lab> {
  const { stateDirectory } = session.workplace;
  const status = await labStatus(labDirectory(stateDirectory, name));
  if (status?.phase === 'ready') return openLab(stateDirectory, name, session.ctx);
  if (status?.phase === 'broken') tellReplaced(status, session);
  const nodes = nodesOf(input);
  return startLab(
    { name, stateRoot: stateDirectory, ...options, ...(nodes === undefined ? {} : { nodes }) },
    session.ctx,
  );
}

function tellReplaced(status: LabStatus, { ctx }: Session): void {
  const text = `${brokenLab(status).problem.what}; it is started afresh`;
  ctx.host.emit({ kind: 'note', at: ctx.clock.now(), level: 'warning', text });
}

export function labTarget(lab: Lab): Target {
  return { lab, cluster: lab.cluster };
}

export function nodesOf(input: Input): readonly NodeGroup[] | undefined {
  const nodes = input.text('nodes');
  return nodeGroupsOf({
    ...(nodes === undefined ? {} : { nodes }),
    gpus: input.list('gpu'),
    groups: input.list('node-group'),
  });
}

export function labName(platform: string, input: Input): string {
  return input.text('lab-name') ?? platform;
}

/** Refuses words that mean no cluster or nodes that cannot be, before any work is done. Throws E_CLI_USAGE. */
export function checkTarget(input: Input): void {
  nodesOf(input);
  if (!wantsCluster(input) || !wantsLab(input)) return;
  throw cliErrors.E_CLI_USAGE({
    what: 'a lab and a kubeconfig were both named',
    why: 'a command works on one cluster',
    fix: 'leave one out',
  });
}

function wantsCluster(input: Input): boolean {
  return input.text('kubeconfig') !== undefined || input.text('context') !== undefined;
}

function wantsLab(input: Input): boolean {
  return input.has('lab') || input.text('lab-name') !== undefined;
}

function clusterOf(input: Input, session: Session): Promise<Cluster> {
  const kubeconfig = input.text('kubeconfig');
  const context = input.text('context');
  return connect(
    { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) },
    session.ctx,
  );
}
