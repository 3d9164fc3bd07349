import { execPath } from 'node:process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context, Json } from '@cluster-forge/base';
import { isSameProcess } from '@cluster-forge/base/exec/process';
import { withLock } from '@cluster-forge/base/files/lock';
import { credentialFiles } from '../control-plane/credentials.ts';
import { startProgram } from '../control-plane/start.ts';
import type { LabDirectory } from '../directory.ts';
import { recordedProcesses } from '../state.ts';
import { writeModels } from './models.ts';

const role = 'operators';

/** Hands models to the lab's operator process, which is started with the first ones: a lab without models does without it. Throws E_LAB_MODEL. */
export async function setModels(directory: LabDirectory, documents: readonly Json[], ctx: Context): Promise<void> {
  await writeModels(directory.models, documents);
  if (documents.length === 0) return;
  await withLock(
    { path: `${directory.lock}.operators`, purpose: `start the operators of lab ${directory.name}` },
    ctx,
    async () => {
      const running = (await recordedProcesses(directory)).find((process) => process.role === role);
      if (running !== undefined && (await isSameProcess(running.identity))) return;
      await startProgram(
        {
          role,
          path: execPath,
          args: [
            fileURLToPath(new URL('main.ts', import.meta.url)),
            credentialFiles(directory).kubeconfigs.operators,
            directory.models,
          ],
          cwd: directory.root,
          logFile: join(directory.logs, `${role}.log`),
        },
        directory,
        ctx,
      );
    },
  );
}
