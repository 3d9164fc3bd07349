import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { env as ownEnvironment } from 'node:process';
import { childEnvironment } from '@cluster-forge/base/exec/environment';
import { identify, type ProcessIdentity } from '@cluster-forge/base/exec/process';
import { labErrors } from '../errors.ts';

/** A program of a lab and how to start it. */
export interface ProgramSpec {
  readonly role: string;
  /** Absolute path. */
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningProgram {
  readonly role: string;
  readonly identity: ProcessIdentity;
  /** Resolves when it ends; never rejects. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly killedBy: string | null }>;
}

/** Waits for one line, then becomes the program. Without the line (its pipe closes when we die) it ends and has done nothing. */
const gate = 'read -r go && exec "$@" </dev/null';

/**
 * Starts a program that outlives this process, so that no moment exists in which it runs and nobody knows: the process is made, its identity goes
 * through `record`, and only then it becomes the program. If this process dies in between, so does the other one.
 */
export async function spawnRecorded(
  program: ProgramSpec,
  record: (identity: ProcessIdentity) => Promise<void>,
): Promise<RunningProgram> {
  const log = openSync(program.logFile, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', gate, 'sh', program.path, ...program.args], {
    cwd: program.cwd,
    env: childEnvironment(ownEnvironment, ['PATH', 'HOME', 'TMPDIR'], program.env),
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<Awaited<RunningProgram['ended']>>((resolve) => {
    child.once('exit', (exitCode, killedBy) => resolve({ exitCode, killedBy }));
    child.once('error', () => resolve({ exitCode: null, killedBy: null }));
  });
  const identity = child.pid === undefined ? undefined : await identify(child.pid);
  if (identity === undefined)
    throw labErrors.E_LAB_PROCESS({
      what: `cannot start ${program.role}`,
      why: `/bin/sh did not start in ${program.cwd}`,
    });
  await record(identity);
  // A child that died meanwhile breaks the pipe; its exit tells the story.
  child.stdin?.on('error', () => undefined).end('go\n');
  child.unref();
  return { role: program.role, identity, ended };
}
