import type { Command, Option } from './command.ts';
import type { CommandEntry } from './commands/table.ts';
import { table, type Paint } from './paint.ts';
import { globalOptions } from './parse.ts';

/** The first page a person sees: what this is, what to type first, every command in the order of the line. */
export function mainHelp(entries: readonly CommandEntry[], paint: Paint): string {
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const sections = groups.map((group) => {
    const rows = entries
      .filter((entry) => entry.group === group)
      .map((entry) => [`  ${paint.accent(entry.name.padEnd(12))}`, entry.summary]);
    return `${paint.strong(group)}\n${table(rows)}`;
  });
  return [
    'forge turns a bare Kubernetes cluster into a working AI/ML platform: composes, proves, rehearses and deploys it.',
    `${paint.strong('Try it')}\n  ${paint.accent('forge up')}            a real control plane on this computer with a platform on it\n  ${paint.accent('forge up --detach')}   the same in the background; then forge status, forge down`,
    ...sections,
    `${paint.dim('forge COMMAND --help')} explains one command. ${paint.dim('Exit codes:')} 0 done, 1 failed, 2 usage, 3 problems found, 130 interrupted.`,
  ].join('\n\n');
}

/** Everything about one command. */
export function commandHelp(name: string, command: Command, paint: Paint): string {
  const words = (command.arguments ?? []).map((argument) =>
    argument.required === true ? argument.name : `[${argument.name}]`,
  );
  const sections = [
    `${paint.strong('Usage')}\n  forge ${[name, ...words].join(' ')} [options]`,
    command.description ?? command.summary,
    ...((command.arguments ?? []).length === 0
      ? []
      : [
          `${paint.strong('Arguments')}\n${table((command.arguments ?? []).map((argument) => [`  ${argument.name}`, withChoices(argument.help, argument.choices)]))}`,
        ]),
    ...(command.options.length === 0 ? [] : [`${paint.strong('Options')}\n${optionRows(command.options)}`]),
    `${paint.strong('Everywhere')}\n${optionRows(globalOptions)}`,
    ...(command.examples.length === 0
      ? []
      : [
          `${paint.strong('Examples')}\n${table(command.examples.map((example) => [`  ${paint.accent(example.command)}`, paint.dim(example.does)]))}`,
        ]),
  ];
  return sections.join('\n\n');
}

function optionRows(options: readonly Option[]): string {
  return table(
    options.map((option) => {
      const short = option.short === undefined ? '    ' : `-${option.short}, `;
      return [
        `  ${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`,
        withChoices(option.help, option.choices) + (option.repeatable === true ? ' (repeatable)' : ''),
      ];
    }),
  );
}

function withChoices(help: string, choices: readonly string[] | undefined): string {
  return choices === undefined ? help : `${help}: ${choices.join(', ')}`;
}
