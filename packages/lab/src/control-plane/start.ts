import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTask, type Context } from '@cluster-forge/base';
import { labErrors } from '../errors.ts';
import { deathOf, logTail } from '../process/supervise.ts';
import { spawnRecorded, type ProgramSpec, type RunningProgram } from '../process/spawn.ts';
import { recordProcess } from '../state.ts';
import type { LabDirectory } from '../directory.ts';
import { credentialFiles } from './credentials.ts';
import { openProbe, type Probe, type ProbeAnswer } from './probe.ts';
import { programOf, type ControlPlaneTool, type Plan } from './programs.ts';

/** Interval of readiness questions: short, because a start is what people wait for. */
const probeMs = 25;

/** What runs and how to ask it; `close` ends the asking only. */
export interface ControlPlane {
  readonly probe: Probe;
  /** Asks until the answer is as wanted. Throws E_LAB_PROCESS when a program ends meanwhile, E_LAB_TIMEOUT when the time is up. */
  until(title: string, path: string, wanted: (answer: ProbeAnswer) => boolean): Promise<void>;
  add(program: RunningProgram): void;
  close(): void;
}

/**
 * Starts the five programs and returns once the API server says it is ready. etcd and the API server start at once and find each other; the others
 * follow as soon as the API server answers, because before that they only retry. Throws E_LAB_PROCESS or E_LAB_TIMEOUT; what was started is on record.
 */
export async function startControlPlane(
  plan: Plan,
  options: { readonly timeoutMs: number },
  ctx: Context,
): Promise<ControlPlane> {
  const start = (tool: ControlPlaneTool) => startProgram(programOf(tool, plan), plan.directory, ctx);
  const core = await Promise.all((['etcd', 'kube-apiserver'] as const).map(start));
  const controlPlane = await observe(plan, options.timeoutMs, ctx);
  for (const program of core) controlPlane.add(program);
  try {
    await controlPlane.until('API server answers', '/livez/ping', ({ status }) => status === 200);
    const rest = await Promise.all((['kube-controller-manager', 'kube-scheduler', 'kwok'] as const).map(start));
    for (const program of rest) controlPlane.add(program);
    await controlPlane.until('control plane is ready', '/readyz', ({ status }) => status === 200);
    return controlPlane;
  } catch (error) {
    controlPlane.close();
    throw error;
  }
}

/** Starts a program of a lab and puts it on record. */
export async function startProgram(
  program: ProgramSpec,
  directory: LabDirectory,
  ctx: Context,
): Promise<RunningProgram> {
  ctx.signal.throwIfAborted();
  return spawnRecorded(program, (identity) => recordProcess(directory, program.role, identity));
}

async function observe(plan: Plan, timeoutMs: number, ctx: Context): Promise<ControlPlane> {
  const probe = await connectProbe(plan);
  const deadline = ctx.clock.now() + timeoutMs;
  let dead: RunningProgram | undefined;
  const until = async (path: string, wanted: (answer: ProbeAnswer) => boolean) => {
    for (;;) {
      ctx.signal.throwIfAborted();
      const answer = await probe.get(path);
      // A program that ended is the cause of whatever the answer is.
      if (dead !== undefined) throw await deathOf(dead, join(plan.directory.logs, `${dead.role}.log`));
      if (wanted(answer)) return;
      if (ctx.clock.now() >= deadline) throw await timedOut(path, answer, plan);
      await ctx.clock.sleep(probeMs, ctx.signal);
    }
  };
  return {
    probe,
    add: (program) => void program.ended.then(() => (dead ??= program)),
    until: (title, path, wanted) => runTask({ id: `lab${path}`, title }, ctx, () => until(path, wanted)),
    close: () => probe.close(),
  };
}

async function connectProbe({ directory, port }: Plan): Promise<Probe> {
  const files = credentialFiles(directory);
  const read = (path: string) => readFile(path, 'utf8');
  const [authority, certificate, key] = await Promise.all([
    read(files.authority),
    read(files.probe.certificate),
    read(files.probe.key),
  ]);
  return openProbe(`https://127.0.0.1:${port}`, authority, { certificate, key });
}

async function timedOut(path: string, answer: ProbeAnswer, plan: Plan): Promise<Error> {
  const file = join(plan.directory.logs, 'kube-apiserver.log');
  return labErrors.E_LAB_TIMEOUT({
    what: 'the control plane did not become ready in time',
    why: `${path} last said ${answer.status === 0 ? 'nothing' : answer.status}: ${answer.body.trim().slice(-500)}\n${await logTail(file, 8)}`,
    fix: `read the logs in ${plan.directory.logs}; a slow computer needs a longer timeout`,
    where: { file },
  });
}
