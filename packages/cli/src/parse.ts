import { parseArgs } from 'node:util';
import { nearest } from '@cluster-forge/base/nearest';
import type { Command, Input, Option } from './command.ts';
import { cliErrors } from './errors.ts';

/** Options that every command takes. */
export const globalOptions: readonly Option[] = [
  { name: 'output', short: 'o', value: 'FORMAT', help: 'result on standard output', choices: ['human', 'json'] },
  {
    name: 'progress',
    value: 'STYLE',
    help: 'progress on standard error; chosen by the terminal when left out',
    choices: ['live', 'plain', 'json', 'none'],
  },
  { name: 'no-color', help: 'no colours; NO_COLOR does the same' },
  { name: 'yes', short: 'y', help: 'answer yes to every confirmation' },
  { name: 'help', short: 'h', help: 'show this help' },
];

/** Reads the words after a command's name. Throws E_CLI_USAGE with the nearest right word. */
export function parseInput(name: string, command: Command, words: readonly string[]): Input {
  const options = [...command.options, ...globalOptions];
  const { values, positionals } = parseWords(name, options, words);
  for (const option of options) checkChoice(name, option, values[option.name]);
  checkArguments(name, command, positionals);
  return {
    arguments: positionals,
    text: (option) => {
      const value = values[option];
      return typeof value === 'string' ? value : undefined;
    },
    list: (option) => {
      const value = values[option];
      return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
    },
    has: (option) => values[option] === true,
  };
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

function parseWords(
  name: string,
  options: readonly Option[],
  words: readonly string[],
): { readonly values: Values; readonly positionals: string[] } {
  const shapes = Object.fromEntries(
    options.map((option) => [
      option.name,
      {
        type: option.value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: option.repeatable === true,
        ...(option.short === undefined ? {} : { short: option.short }),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...words], options: shapes, allowPositionals: true, strict: true });
  } catch (cause) {
    throw usageError(name, options, words, cause);
  }
}

function usageError(name: string, options: readonly Option[], words: readonly string[], cause: unknown): Error {
  const known = options.map((option) => option.name);
  const unknown = words.find((word) => word.startsWith('--') && !known.includes(word.slice(2).split('=')[0] ?? ''));
  const suggestion = unknown === undefined ? undefined : nearest(unknown.slice(2).split('=')[0] ?? '', known);
  const what = unknown === undefined ? firstSentence(cause) : `forge ${name} has no option ${unknown.split('=')[0]}`;
  return cliErrors.E_CLI_USAGE({
    what,
    fix: suggestion === undefined ? `see forge ${name} --help` : `did you mean --${suggestion}?`,
  });
}

function firstSentence(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split('. ')[0] ?? text).replace(/^Option /, 'option ');
}

function checkChoice(name: string, option: Option, value: Values[string]): void {
  if (typeof value !== 'string' || option.choices === undefined || option.choices.includes(value)) return;
  throw cliErrors.E_CLI_USAGE({
    what: `forge ${name} --${option.name} does not know "${value}"`,
    fix: `one of: ${option.choices.join(', ')}`,
  });
}

function checkArguments(name: string, command: Command, given: readonly string[]): void {
  const expected = command.arguments ?? [];
  const missing = expected.find((argument, at) => argument.required === true && given[at] === undefined);
  if (missing !== undefined)
    throw cliErrors.E_CLI_USAGE({
      what: `forge ${name} needs ${missing.name}`,
      why: missing.help,
      fix: `see forge ${name} --help`,
    });
  const extra = given[expected.length];
  if (extra !== undefined)
    throw cliErrors.E_CLI_USAGE({ what: `forge ${name} does not take "${extra}"`, fix: `see forge ${name} --help` });
  for (const [at, argument] of expected.entries()) {
    const value = given[at];
    if (value === undefined || argument.choices === undefined || argument.choices.includes(value)) continue;
    throw cliErrors.E_CLI_USAGE({
      what: `${argument.name} cannot be "${value}"`,
      fix: `one of: ${argument.choices.join(', ')}`,
    });
  }
}
