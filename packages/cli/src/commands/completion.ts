import { done, type Argument, type Command, type Option } from '../command.ts';
import { globalOptions } from '../parse.ts';
import { commandTable } from './table.ts';

interface Words {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  readonly arguments: readonly Argument[];
}

export const completion: Command = {
  summary: 'shell completion for bash, zsh and fish',
  arguments: [{ name: 'SHELL', help: 'which shell', required: true, choices: ['bash', 'zsh', 'fish'] }],
  options: [],
  examples: [
    { command: 'source <(forge completion bash)', does: 'completion in this shell' },
    { command: 'forge completion fish > ~/.config/fish/completions/forge.fish', does: 'for good, in fish' },
  ],
  async run(input) {
    const commands = await Promise.all(
      commandTable.map(async (entry) => wordsOf(entry.name, entry.summary, await entry.load())),
    );
    const script = scripts[input.arguments[0] ?? '']?.(commands) ?? '';
    return done({ script }, script);
  },
};

const scripts: Readonly<Record<string, (commands: readonly Words[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

function wordsOf(name: string, summary: string, command: Command): Words {
  return { name, summary, options: [...command.options, ...globalOptions], arguments: command.arguments ?? [] };
}

/** Words that may follow a command: its long options and the choices of its first argument. */
function candidates(command: Words): readonly string[] {
  return [...(command.arguments[0]?.choices ?? []), ...command.options.map((option) => `--${option.name}`)];
}

function bashScript(commands: readonly Words[]): string {
  const cases = commands.map((command) => `    ${command.name}) words="${candidates(command).join(' ')}" ;;`);
  const values = optionsWithChoices(commands).map(
    (option) =>
      `    --${option.name}) COMPREPLY=($(compgen -W "${(option.choices ?? []).join(' ')}" -- "$current")); return ;;`,
  );
  return [
    '_forge() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words=""',
    '  case "$previous" in',
    ...values,
    '    --file|-f) COMPREPLY=($(compgen -f -- "$current")); return ;;',
    '  esac',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    `    *) words="${commands.map((command) => command.name).join(' ')}" ;;`,
    '  esac',
    `  [ "$COMP_CWORD" -eq 1 ] && words="${commands.map((command) => command.name).join(' ')}"`,
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _forge forge',
  ].join('\n');
}

function zshScript(commands: readonly Words[]): string {
  const names = commands.map((command) => `'${command.name}:${quoted(command.summary)}'`).join(' ');
  const cases = commands.map(
    (command) =>
      `    ${command.name}) _arguments ${command.options.map(zshOption).join(' ')} '*:argument:(${(command.arguments[0]?.choices ?? []).join(' ')})' ;;`,
  );
  return [
    '#compdef forge',
    '_forge() {',
    `  local -a commands=(${names})`,
    '  (( CURRENT == 2 )) && { _describe command commands; return }',
    '  case "$words[2]" in',
    ...cases,
    '  esac',
    '}',
    'compdef _forge forge',
  ].join('\n');
}

function zshOption(option: Option): string {
  const value =
    option.value === undefined
      ? ''
      : `:${option.value}:${option.choices === undefined ? '_files' : `(${option.choices.join(' ')})`}`;
  return `'${option.repeatable === true ? '*' : ''}--${option.name}[${quoted(option.help)}]${value}'`;
}

function fishScript(commands: readonly Words[]): string {
  const first = commands.map(
    (command) => `complete -c forge -n __fish_use_subcommand -f -a ${command.name} -d '${quoted(command.summary)}'`,
  );
  const rest = commands.flatMap((command) => {
    const when = `complete -c forge -n '__fish_seen_subcommand_from ${command.name}'`;
    const choices = command.arguments[0]?.choices;
    return [
      ...(choices === undefined ? [] : [`${when} -f -a '${choices.join(' ')}'`]),
      ...command.options.map(
        (option) =>
          `${when} -l ${option.name}${option.short === undefined ? '' : ` -s ${option.short}`}${fishValue(option)} -d '${quoted(option.help)}'`,
      ),
    ];
  });
  return [...first, ...rest].join('\n');
}

function fishValue(option: Option): string {
  if (option.value === undefined) return '';
  return option.choices === undefined ? ' -r' : ` -x -a '${option.choices.join(' ')}'`;
}

function optionsWithChoices(commands: readonly Words[]): readonly Option[] {
  const all = commands.flatMap((command) => command.options).filter((option) => option.choices !== undefined);
  return [...new Map(all.map((option) => [option.name, option])).values()];
}

function quoted(text: string): string {
  return text.replaceAll("'", '').replaceAll(':', ' ').replaceAll('[', '(').replaceAll(']', ')');
}
