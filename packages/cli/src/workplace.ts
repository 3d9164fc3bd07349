import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders and surroundings of one run. Made once by main; commands never read `process` themselves. */
export interface Workplace {
  /** Where the command was called. */
  readonly cwd: string;
  /** The checkout or installation: `catalog/`, `stacks/` and `toolchain/` lie here. */
  readonly home: string;
  /** Labs and other state of this user. */
  readonly stateDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** FORGE_STATE, else `$XDG_STATE_HOME/cluster-forge`, else `~/.local/state/cluster-forge` (XDG base directory specification 0.8). */
export function findWorkplace(env: Readonly<Record<string, string | undefined>>, cwd: string): Workplace {
  const state =
    env['FORGE_STATE'] ?? join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'cluster-forge');
  return { cwd, home: join(dirname(fileURLToPath(import.meta.url)), '../../..'), stateDirectory: state, env };
}
