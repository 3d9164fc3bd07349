import { isSameProcess } from '@cluster-forge/base/exec/process';
import { join } from 'node:path';
import type { LabDirectory } from './directory.ts';
import { labDirectory } from './directory.ts';
import { logTail } from './process/supervise.ts';
import { labNames, readState, recordedProcesses, type LabState } from './state.ts';

/** One process of a lab as it is now. */
export interface ProcessStatus {
  readonly role: string;
  readonly pid: number;
  readonly running: boolean;
  /** End of its log, when it does not run. */
  readonly logTail?: string;
}

/** `ready`: everything runs. `starting`: a start is under way. `broken`: a process has died. `abandoned`: its owner died; the next start removes it. */
export interface LabStatus {
  readonly name: string;
  readonly phase: 'ready' | 'starting' | 'broken' | 'abandoned';
  readonly server: string;
  readonly kubeconfigPath: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly ephemeral: boolean;
  readonly processes: readonly ProcessStatus[];
}

/** Status of one lab; undefined when there is none. Throws E_LAB_STATE. */
export async function labStatus(directory: LabDirectory): Promise<LabStatus | undefined> {
  const state = await readState(directory);
  if (state === undefined) return undefined;
  const processes = await Promise.all(
    (await recordedProcesses(directory)).map((process) => statusOf(directory, process)),
  );
  return {
    name: state.name,
    phase: await phaseOf(state, processes),
    server: state.server,
    kubeconfigPath: directory.kubeconfig,
    createdAt: state.createdAt,
    ephemeral: state.ephemeral,
    processes,
  };
}

/** Every lab under a state root, by name. */
export async function listLabs(stateRoot: string): Promise<readonly LabStatus[]> {
  const all = await Promise.all((await labNames(stateRoot)).map((name) => labStatus(labDirectory(stateRoot, name))));
  return all.filter((status) => status !== undefined);
}

/** True when nobody is left who would end this lab: a start that was cut off, or an ephemeral lab whose process died. */
export async function isAbandoned(state: LabState): Promise<boolean> {
  return state.owner !== undefined && !(await isSameProcess(state.owner));
}

async function statusOf(
  directory: LabDirectory,
  { role, identity }: { role: string; identity: { pid: number; startTime: string } },
): Promise<ProcessStatus> {
  const running = await isSameProcess(identity);
  return {
    role,
    pid: identity.pid,
    running,
    ...(running ? {} : { logTail: await logTail(join(directory.logs, `${role}.log`)) }),
  };
}

async function phaseOf(state: LabState, processes: readonly ProcessStatus[]): Promise<LabStatus['phase']> {
  if (await isAbandoned(state)) return 'abandoned';
  if (state.phase === 'starting') return 'starting';
  return processes.every(({ running }) => running) ? 'ready' : 'broken';
}
