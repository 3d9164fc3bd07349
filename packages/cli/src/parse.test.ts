import { ForgeError } from '@cluster-forge/base';
import { expect, test } from 'vitest';
import type { Command } from './command.ts';
import { parseInput } from './parse.ts';

const command: Command = {
  summary: 'a command for this test',
  arguments: [{ name: 'ACTION', help: 'what to do', required: true, choices: ['up', 'down'] }],
  options: [
    { name: 'file', short: 'f', value: 'PATH', help: 'a file' },
    { name: 'set', value: 'NAME=VALUE', help: 'a value', repeatable: true },
    { name: 'detach', help: 'a switch' },
  ],
  examples: [],
  run: async () => ({ data: null, text: '', exit: 0 }),
};

test('reads arguments, values, lists and switches', () => {
  const input = parseInput('try', command, ['up', '-f', 'a.yaml', '--set', 'a=1', '--set=b=2', '--detach']);
  expect(input.arguments).toEqual(['up']);
  expect(input.text('file')).toBe('a.yaml');
  expect(input.list('set')).toEqual(['a=1', 'b=2']);
  expect(input.has('detach')).toBe(true);
  expect(input.has('yes')).toBe(false);
});

test.each([
  ['a misspelt option', ['up', '--fiel', 'x'], 'forge try has no option --fiel', 'did you mean --file?'],
  ['a missing argument', [], 'forge try needs ACTION', 'see forge try --help'],
  ['an unknown choice', ['sideways'], 'ACTION cannot be "sideways"', 'one of: up, down'],
  ['one argument too many', ['up', 'down'], 'forge try does not take "down"', 'see forge try --help'],
  ['an unknown format', ['up', '--output', 'xml'], 'forge try --output does not know "xml"', 'one of: human, json'],
])('%s is a usage error that says what to do', (_, words, what, fix) => {
  const error = errorOf(() => parseInput('try', command, words));
  expect(error.exit).toBe(2);
  expect(error.problem).toMatchObject({ what, fix });
});

test('an option without its value says so', () => {
  expect(errorOf(() => parseInput('try', command, ['up', '--file'])).problem.what).toContain('--file');
});

function errorOf(act: () => unknown): ForgeError {
  try {
    act();
  } catch (error) {
    if (error instanceof ForgeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
