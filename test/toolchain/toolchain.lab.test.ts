import { env } from 'node:process';
import { systemClock, type Context } from '@cluster-forge/base';
import { run } from '@cluster-forge/base/exec/exec';
import { openStore } from '@cluster-forge/base/store/open-store';
import { createToolchain, pins } from '@cluster-forge/toolchain';
import { expect, it } from 'vitest';

const ctx: Context = {
  signal: new AbortController().signal,
  clock: systemClock,
  host: { emit: () => undefined, ask: () => Promise.reject(new Error('nobody')) },
};

/** Programs that only benchmarks need take minutes to build; `npm run bench` makes them ready. */
const needed = pins.filter((pin) => pin.kind === 'system' || pin.group === 'core');

it(
  'provides every program that commands need, in the version that is pinned, for real',
  { timeout: 1_800_000 },
  async () => {
    const toolchain = createToolchain({ store: await openStore(), env });
    const tools = await toolchain.ensure(
      needed.map(({ name }) => name),
      ctx,
    );
    expect(tools.map(({ name }) => name).sort()).toEqual(needed.map(({ name }) => name).sort());
    for (const pin of needed.filter((each) => each.kind === 'pinned')) {
      const path = tools.find(({ name }) => name === pin.name)?.path ?? '';
      const { stdout } = await run(path, pin.versionArgs, {}, ctx);
      expect(stdout).toMatch(new RegExp(`\\bv?${pin.version.replaceAll('.', '\\.')}\\b`));
    }
  },
);
