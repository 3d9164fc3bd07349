import { printWhere, type Json } from '@cluster-forge/base';
import { explain as explainPart, type ExplainedLeaf } from '@cluster-forge/forge/config/explain';
import { accept, load } from '@cluster-forge/forge/line';
import { done, type Command } from '../command.ts';
import type { Paint } from '../paint.ts';
import { lineRequest, platformOptions } from '../platform-options.ts';

export const explain: Command = {
  summary: 'which layer set a value',
  description:
    'Shows each leaf below a path of the platform with its final value and every layer that set it, strongest first. Layers, weakest first: component\ndefaults, stacks in order, collection, size, platform.yaml, its environment, --set.',
  arguments: [{ name: 'PATH', help: 'such as params.size or components.postgres-plain.values; default: everything' }],
  options: platformOptions,
  examples: [
    { command: 'forge explain params', does: 'every param and who set it' },
    { command: 'forge explain components.postgres-plain.values.resources --stack airm-local', does: 'one subtree' },
  ],
  async run(input, session) {
    const platform = await load(lineRequest(input, session), session.ctx);
    const explanation = accept('the path', explainPart(platform, input.arguments[0] ?? ''), session.ctx);
    return done(explanation, explanation.leaves.map((leaf) => printLeaf(leaf, session.paint)).join('\n'));
  },
};

function printLeaf(leaf: ExplainedLeaf, paint: Paint): string {
  const head = `${paint.strong(leaf.path)}: ${leaf.value === undefined ? paint.dim('removed') : printValue(leaf.value)}`;
  const layers = leaf.origins.map((origin, at) => {
    const where = origin.where === undefined ? '' : paint.dim(`  ${printWhere(origin.where)}`);
    const mark = at === 0 ? paint.good('set by') : paint.dim('over  ');
    return `  ${mark} ${origin.layer}: ${printValue(origin.value)}${where}`;
  });
  return [head, ...layers].join('\n');
}

function printValue(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
