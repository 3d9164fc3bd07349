import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@cluster-forge/base/files/atomic';
import type { ProcessIdentity } from '@cluster-forge/base/exec/process';
import { z } from 'zod';
import type { LabDirectory } from './directory.ts';
import { labErrors } from './errors.ts';

const identity = z.object({ pid: z.number().int().positive(), startTime: z.string() });

const labState = z.object({
  version: z.literal(1),
  name: z.string(),
  /** `starting` with a dead owner is a start that was cut off. */
  phase: z.enum(['starting', 'ready']),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  /** URL of the API server. */
  server: z.string(),
  /** etcd's files and sockets; outside the lab's directory. */
  dataDirectory: z.string(),
  /** The lab ends with this process: whoever meets it afterwards removes it. Absent once a lab that stays is ready. */
  owner: identity.optional(),
  ephemeral: z.boolean(),
});

/** What `state.json` of a lab says. Process identities are in `run/`, one file each. */
export type LabState = z.infer<typeof labState>;

export async function writeState(directory: LabDirectory, state: LabState): Promise<void> {
  await writeFileAtomic(directory.state, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}

/** State of a lab; undefined when there is none. Throws E_LAB_STATE for a file that says something else. */
export async function readState(directory: LabDirectory): Promise<LabState | undefined> {
  const text = await readFile(directory.state, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = labState.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw labErrors.E_LAB_STATE({
    what: `cannot read the state of lab ${directory.name}`,
    why: z.prettifyError(parsed.error),
    fix: `remove ${directory.root} after ending the processes listed in ${directory.run}`,
    where: { file: directory.state },
  });
}

/** A process as it was recorded before it became its program. */
export interface RecordedProcess {
  readonly role: string;
  readonly identity: ProcessIdentity;
}

export async function recordProcess(directory: LabDirectory, role: string, process: ProcessIdentity): Promise<void> {
  await writeFileAtomic(join(directory.run, `${role}.json`), JSON.stringify(process), { mode: 0o600 });
}

export async function forgetProcess(directory: LabDirectory, role: string): Promise<void> {
  await rm(join(directory.run, `${role}.json`), { force: true });
}

/** Every process ever recorded for this lab, running or not. A file that was cut off mid-write belongs to a process that never began. */
export async function recordedProcesses(directory: LabDirectory): Promise<readonly RecordedProcess[]> {
  const names = await readdir(directory.run).catch(() => []);
  const records = await Promise.all(
    names
      .filter((name) => /^[a-z-]+\.json$/.test(name))
      .map(async (name) => {
        const parsed = identity.safeParse(parseJson(await readFile(join(directory.run, name), 'utf8').catch(() => '')));
        return parsed.success ? [{ role: name.slice(0, -'.json'.length), identity: parsed.data }] : [];
      }),
  );
  return records.flat();
}

/** Names of all labs under a state root that left a directory. */
export async function labNames(stateRoot: string): Promise<readonly string[]> {
  const entries = await readdir(join(stateRoot, 'labs'), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

export async function makeDirectories(directory: LabDirectory): Promise<void> {
  await mkdir(directory.root, { recursive: true, mode: 0o700 });
  await Promise.all(
    [directory.logs, directory.run, directory.pki, directory.models].map((path) =>
      mkdir(path, { recursive: true, mode: 0o700 }),
    ),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
