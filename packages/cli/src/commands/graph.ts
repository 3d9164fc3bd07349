import { prepare } from '@cluster-forge/forge/line';
import { printGraph } from '@cluster-forge/forge/plan/print/print-graph';
import { done, type Command } from '../command.ts';
import { cliErrors } from '../errors.ts';
import { kubeVersionOption, lineRequest, mineOptions, platformOptions } from '../platform-options.ts';

const formats = ['text', 'dot', 'svg', 'json'] as const;

export const graph: Command = {
  summary: 'the dependency graph as text, dot, svg or json',
  description:
    'Who waits for whom, until when, and why. The text form shows waves; a deploy does not use waves, it follows each edge.',
  options: [
    ...platformOptions,
    ...mineOptions,
    kubeVersionOption,
    { name: 'format', value: 'FORMAT', help: 'default text', choices: formats },
    { name: 'objects', help: 'every object instead of components' },
  ],
  examples: [
    { command: 'forge graph', does: 'waves, in the terminal' },
    { command: 'forge graph --format svg > graph.svg', does: 'a picture' },
    {
      command: 'forge graph --objects --format json | jq ".edges[].reason" | sort | uniq -c',
      does: 'every reason there is',
    },
  ],
  async run(input, session) {
    const format = formats.find((candidate) => candidate === (input.text('format') ?? 'text'));
    if (format === undefined) throw cliErrors.E_CLI_USAGE({ what: 'unknown format', fix: formats.join(', ') });
    const { release } = await prepare(lineRequest(input, session), session.ctx);
    const text = await printGraph(release.graph, format, { level: input.has('objects') ? 'object' : 'component' });
    return done(release.graph, text);
  },
};
