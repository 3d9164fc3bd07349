import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSameProcess, stopProcess } from '@cluster-forge/base/exec/process';
import type { Context } from '@cluster-forge/base';
import type { LabDirectory } from './directory.ts';
import { labErrors } from './errors.ts';
import { forgetProcess, recordedProcesses, type LabState, type RecordedProcess } from './state.ts';

/** Who ends together, and in which order: first those who would otherwise retry against a server that is gone, storage last. */
const order: readonly (readonly string[])[] = [
  ['operators', 'kwok', 'kube-scheduler', 'kube-controller-manager'],
  ['kube-apiserver'],
  ['etcd'],
];

/** Time a program has to end by itself. What a lab holds is thrown away, so nobody waits long. */
const graceMs = 3_000;

export interface DestroyOptions {
  /** Tells where the data is; undefined when there is no state to be read. */
  readonly state: LabState | undefined;
  /** After a start that failed the logs stay, for whoever reads the error. The next start of that name removes them. */
  readonly keepLogs?: boolean;
}

/** Ends every recorded process in order and removes data and directory. Throws E_LAB_STUCK when one cannot be ended; then the records stay. */
export async function destroy(
  directory: LabDirectory,
  options: DestroyOptions,
  ctx: Pick<Context, 'clock'>,
): Promise<void> {
  const processes = await recordedProcesses(directory);
  const known = new Set(order.flat());
  const groups = [
    processes.filter(({ role }) => !known.has(role)),
    ...order.map((roles) => processes.filter(({ role }) => roles.includes(role))),
  ];
  for (const group of groups) await Promise.all(group.map((process) => end(directory, process, ctx)));
  if (options.state !== undefined) await rm(options.state.dataDirectory, { recursive: true, force: true });
  const kept = options.keepLogs === true ? [directory.logs] : [];
  const entries = (await readdir(directory.root).catch(() => [])).map((name) => join(directory.root, name));
  await Promise.all(
    entries.filter((path) => !kept.includes(path)).map((path) => rm(path, { recursive: true, force: true })),
  );
  if (kept.length === 0) await rm(directory.root, { recursive: true, force: true });
}

async function end(
  directory: LabDirectory,
  { role, identity }: RecordedProcess,
  ctx: Pick<Context, 'clock'>,
): Promise<void> {
  await stopProcess(identity, { graceMs }, ctx);
  if (await isSameProcess(identity)) {
    throw labErrors.E_LAB_STUCK({
      what: `${role} of lab ${directory.name} (process ${identity.pid}) does not end`,
      why: 'it survived SIGKILL for ten seconds, so it hangs in the kernel or belongs to another user',
      fix: `end process ${identity.pid}, then run \`forge lab down ${directory.name}\` again`,
    });
  }
  await forgetProcess(directory, role);
}
