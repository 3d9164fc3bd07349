import { systemClock, type Context } from '@cluster-forge/base';
import { openStore } from '@cluster-forge/base/store/open-store';
import { createToolchain, type ToolName } from '@cluster-forge/toolchain';

const ctx: Context = {
  signal: new AbortController().signal,
  clock: systemClock,
  host: { emit: () => {}, ask: async (question) => question.default ?? '' },
};

/** Path of a pinned program; made ready first when need be. */
export async function tool(name: ToolName): Promise<string> {
  const toolchain = createToolchain({ store: await openStore(), env: process.env });
  return (await toolchain.resolve(name, ctx)).path;
}
