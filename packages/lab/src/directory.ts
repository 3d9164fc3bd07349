import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { labErrors } from './errors.ts';

/** Where the files of one lab live. All paths are absolute. */
export interface LabDirectory {
  readonly name: string;
  /** Directory that holds all labs of a user. */
  readonly stateRoot: string;
  readonly root: string;
  readonly state: string;
  readonly kubeconfig: string;
  readonly logs: string;
  /** One file per process with its identity, written before the process becomes its program. */
  readonly run: string;
  readonly pki: string;
  /** Operator models; the operator process follows changes. */
  readonly models: string;
  /** Lock for whoever starts or stops this lab; outside the directory, which goes away. */
  readonly lock: string;
}

const namePattern = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Paths of a lab under a state root. Throws E_LAB_NAME. */
export function labDirectory(stateRoot: string, name: string): LabDirectory {
  if (!namePattern.test(name)) {
    throw labErrors.E_LAB_NAME({
      what: `"${name}" is not a lab name`,
      why: 'a lab name is 1 to 40 lower case letters, digits and dashes, beginning and ending with a letter or digit',
      fix: 'choose a name such as "default" or "rehearsal-2"',
    });
  }
  const root = join(stateRoot, 'labs', name);
  return {
    name,
    stateRoot,
    root,
    state: join(root, 'state.json'),
    kubeconfig: join(root, 'kubeconfig'),
    logs: join(root, 'logs'),
    run: join(root, 'run'),
    pki: join(root, 'pki'),
    models: join(root, 'models'),
    lock: join(stateRoot, 'locks', name),
  };
}

/** State directory of a user: `FORGE_STATE`, else `$XDG_STATE_HOME/cluster-forge`, else `~/.local/state/cluster-forge`. */
export function defaultStateRoot(env: Readonly<Record<string, string | undefined>>): string {
  if (env['FORGE_STATE'] !== undefined && env['FORGE_STATE'] !== '') return env['FORGE_STATE'];
  const base = env['XDG_STATE_HOME'];
  // The XDG specification says that relative paths are to be ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.local', 'state'), 'cluster-forge');
}

/**
 * A fresh directory name for etcd's data and sockets: in memory where the system offers it, as a lab is thrown away and etcd is as fast as its disk.
 * Short, because the path of a socket may have 107 bytes only.
 */
export function freshDataDirectory(name: string): string {
  const memory = '/dev/shm';
  return join(existsSync(memory) ? memory : tmpdir(), `forge-lab-${name}-${randomUUID().slice(0, 8)}`);
}
