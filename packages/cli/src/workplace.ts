import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultStateRoot } from '@cluster-forge/lab/directory';

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

/** Reads the surroundings of the process; see `defaultStateRoot` for the state directory. */
export function findWorkplace(env: Readonly<Record<string, string | undefined>>, cwd: string): Workplace {
  const home = join(dirname(fileURLToPath(import.meta.url)), '../../..');
  return { cwd, home, stateDirectory: defaultStateRoot(env), env };
}
