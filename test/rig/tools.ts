import { env } from 'node:process';
import { defaultStoreDirectory, openStore } from '@cluster-forge/base/store/open-store';
import { createToolchain, type Toolchain } from '@cluster-forge/toolchain';

/** The toolchain as the command line has it: what is missing is set up on first use. */
export async function rigTools(): Promise<Toolchain> {
  return createToolchain({ store: await openStore(defaultStoreDirectory(env)), env });
}
