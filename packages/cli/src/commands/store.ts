import { done, type Command } from '../command.ts';
import { cliErrors } from '../errors.ts';
import { bytes } from '../paint.ts';

const defaultKeep = '5GB';

export const store: Command = {
  summary: 'the cache of sources, renders and tools',
  description:
    'Content-addressed files that every checkout of this user shares. Nothing in it is precious: what is missing is fetched, rendered or built again.',
  arguments: [{ name: 'ACTION', help: 'what to do', required: true, choices: ['show', 'gc'] }],
  options: [
    {
      name: 'keep',
      value: 'SIZE',
      help: `how much gc leaves, least recently used files go first; default ${defaultKeep}`,
    },
  ],
  examples: [
    { command: 'forge store show', does: 'where it is and how large' },
    { command: 'forge store gc --keep 500MB', does: 'make room' },
  ],
  async run(input, { ctx }) {
    if (input.arguments[0] === 'show') {
      const sizeBytes = await ctx.store.sizeBytes();
      return done({ directory: ctx.store.directory, sizeBytes }, `${ctx.store.directory}: ${bytes(sizeBytes)}`);
    }
    const result = await ctx.store.collect(parseSize(input.text('keep') ?? defaultKeep));
    return done(
      result,
      `removed ${result.removedFiles} files, ${bytes(result.removedBytes)}; kept ${bytes(result.keptBytes)}`,
    );
  },
};

/** `500MB`, `2GiB`, `1000`: bytes. */
function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kMGT]?)(i?)B?$/i.exec(text.trim());
  const [, number, prefix = '', binary = ''] = match ?? [];
  if (number === undefined)
    throw cliErrors.E_CLI_USAGE({
      what: `--keep cannot be "${text}"`,
      fix: 'write it as 500MB, 2GiB or a number of bytes',
    });
  return Math.round(Number(number) * (binary === '' ? 1000 : 1024) ** ' kmgt'.indexOf(prefix.toLowerCase() || ' '));
}
