import { loadAndMine } from '@cluster-forge/forge/line';
import { done, type Command } from '../command.ts';
import { bytes, table } from '../paint.ts';
import { lineRequest, mineOptions, platformOptions } from '../platform-options.ts';

export const mine: Command = {
  summary: 'fetch every source and write forge.lock',
  description:
    'Resolves every source of the platform, in parallel, into the store of this computer, and writes forge.lock beside the platform file.\nWhat is locked already needs no network. An interrupted run goes on where it was.',
  options: [...platformOptions, ...mineOptions],
  examples: [
    { command: 'forge mine', does: 'fetch what is new' },
    { command: 'forge mine --locked', does: 'in CI: nothing that is not in forge.lock' },
    { command: 'forge mine --update', does: 'take the newest versions that the ranges allow' },
  ],
  async run(input, session) {
    const { sources } = await loadAndMine(lineRequest(input, session), session.ctx);
    const rows = sources.lock.sources.map((source) => [
      source.id,
      source.kind,
      bytes(source.sizeBytes),
      source.digest.slice(0, 19),
      source.resolved ?? 'local',
    ]);
    return done(
      sources.lock,
      rows.length === 0 ? 'no sources' : table([['SOURCE', 'KIND', 'SIZE', 'DIGEST', 'FROM'], ...rows]),
    );
  },
};
