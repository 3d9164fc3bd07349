import type { Context } from '../context.ts';
import { ForgeError } from '../error.ts';
import { run, runBytes, type RunOptions, type RunResult } from '../exec/exec.ts';
import { networkVariables } from '../exec/environment.ts';
import { gitErrors } from './errors.ts';
import type { Remote } from './remote.ts';

export interface GitCall extends RunOptions {
  readonly remote: Remote;
}

/** Runs git against a remote; what it says when it fails becomes the reason of E_GIT_FETCH, without secrets. */
export async function runGit(
  program: string,
  args: readonly string[],
  { remote, ...options }: GitCall,
  ctx: Context,
): Promise<RunResult> {
  try {
    return await run(program, args, { ...options, inherit: networkVariables, secrets: remote.secrets }, ctx);
  } catch (error) {
    if (!(error instanceof ForgeError) || error.code !== 'E_EXEC_FAILED') throw error;
    const why = error.problem.why ?? error.problem.what;
    throw gitErrors.E_GIT_FETCH(
      { what: `cannot read the repository ${remote.shown}`, why, fix: fixFor(why), where: { file: remote.shown } },
      { cause: error },
    );
  }
}

/** A bare repository of ours, and the git that reads it. */
export interface Mirror {
  readonly program: string;
  readonly mirror: string;
}

/** Runs git on a mirror alone; failures stay E_EXEC_FAILED. */
export function readMirror(
  { program, mirror }: Mirror,
  args: readonly string[],
  options: RunOptions,
  ctx: Context,
): Promise<RunResult<Buffer>> {
  return runBytes(program, ['--git-dir', mirror, ...args], { ...options, inherit: networkVariables }, ctx);
}

function fixFor(why: string): string {
  if (/could not read Username|Authentication failed|403|401/.test(why))
    return 'give credentials for this host, or check that yours may read the repository';
  if (/not found|does not exist|does not appear to be/.test(why)) return 'check the address of the repository';
  return 'check the network and the host, then run the same command again';
}
