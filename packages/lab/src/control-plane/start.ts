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
interface ControlPlane {
  readonly probe: Probe;
  /** Asks until the answer is 200. Throws E_LAB_PROCESS when a program ends meanwhile, E_LAB_TIMEOUT when the time is up. */
  until(title: string, path: string): Promise<void>;
  add(program: RunningProgram): void;
  close(): void;
}

/** What a start does beside starting. */
export interface StartOptions {
  readonly timeoutMs: number;
  /** Puts the first objects in place; called as soon as the API server takes requests, which is before it calls itself ready. */
  readonly populate: (probe: Probe) => Promise<void>;
}

/**
 * Starts the five programs and returns once pods can be made. etcd and the API server start at once and find each other. The API server answers about
 * a second before it is ready (it creates the built-in roles meanwhile), so nodes go in then. The controller manager comes last on purpose: it asks
 * for readiness once a second, and the first time it asks the answer is yes. Throws E_LAB_PROCESS or E_LAB_TIMEOUT; what was started is on record.
 */
export async function startControlPlane(plan: Plan, options: StartOptions, ctx: Context): Promise<void> {
  const controlPlane = await observe(plan, options.timeoutMs, ctx);
  const start = async (tool: ControlPlaneTool) =>
    controlPlane.add(await startProgram(programOf(tool, plan), plan.directory, ctx));
  try {
    await Promise.all([start('etcd'), start('kube-apiserver')]);
    await controlPlane.until('API server answers', '/livez/ping');
    await Promise.all([
      options.populate(controlPlane.probe),
      start('kube-scheduler'),
      start('kwok'),
      controlPlane.until('API server is ready', '/readyz').then(() => start('kube-controller-manager')),
    ]);
    await controlPlane.until('controllers work', '/api/v1/namespaces/default/serviceaccounts/default');
  } finally {
    controlPlane.close();
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
  const until = async (path: string) => {
    for (;;) {
      ctx.signal.throwIfAborted();
      const answer = await probe.get(path);
      // A program that ended is the cause of whatever the answer is.
      if (dead !== undefined) throw await deathOf(dead, join(plan.directory.logs, `${dead.role}.log`));
      if (answer.status === 200) return;
      if (ctx.clock.now() >= deadline) throw await timedOut(path, answer, plan);
      await ctx.clock.sleep(probeMs, ctx.signal);
    }
  };
  return {
    probe,
    add: (program) => void program.ended.then(() => (dead ??= program)),
    until: (title, path) => runTask({ id: `lab${path}`, title, parent: 'lab' }, ctx, () => until(path)),
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
