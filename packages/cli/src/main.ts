import { ForgeError } from '@cluster-forge/base';
import { nearest } from '@cluster-forge/base/nearest';
import type { Command, Input, Outcome } from './command.ts';
import { commandTable } from './commands/table.ts';
import { cliErrors } from './errors.ts';
import { commandHelp, mainHelp } from './help.ts';
import { createPaint, wantsColour } from './paint.ts';
import { parseInput } from './parse.ts';
import { errorData, printError } from './print/problem.ts';
import { createReporter } from './reporters/choose.ts';
import { watchSignals } from './signals.ts';
import { findWorkplace, type Workplace } from './workplace.ts';

const interruptedExit = 130;

/** Runs one command line and sets the exit code. The only function that touches `process`. */
export async function main(words: readonly string[]): Promise<void> {
  const workplace = findWorkplace(process.env, process.cwd());
  const colour = !words.includes('--no-color') && wantsColour(process.stderr, process.env);
  try {
    process.exitCode = await dispatch(words, workplace);
  } catch (error) {
    process.stderr.write(`${printError(error, createPaint(colour))}\n`);
    if (error instanceof ForgeError && wantsJson(words))
      await write(JSON.stringify({ error: errorData(error) }, null, 2));
    process.exitCode = error instanceof ForgeError ? error.exit : 1;
  }
}

async function dispatch(words: readonly string[], workplace: Workplace): Promise<number> {
  const [first, ...rest] = words;
  const paint = createPaint(!words.includes('--no-color') && wantsColour(process.stdout, process.env));
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    process.stdout.write(`${mainHelp(commandTable, paint)}\n`);
    return 0;
  }
  const name = first === 'help' ? (rest[0] ?? '') : first;
  const command = await loadCommand(name);
  if (first === 'help' || rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${commandHelp(name, command, paint)}\n`);
    return 0;
  }
  return execute(command, parseInput(name, command, rest), workplace);
}

async function loadCommand(name: string): Promise<Command> {
  const entry = commandTable.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry.load();
  const names = commandTable.map((candidate) => candidate.name);
  const suggestion = nearest(name, names);
  throw cliErrors.E_CLI_USAGE({
    what: `forge has no command "${name}"`,
    fix: suggestion === undefined ? 'forge --help lists all commands' : `did you mean forge ${suggestion}?`,
  });
}

async function execute(command: Command, input: Input, workplace: Workplace): Promise<number> {
  const colour = !input.has('no-color') && wantsColour(process.stderr, process.env);
  const reporter = createReporter(input, process.stderr, colour);
  const interruption = watchSignals(process, () => reporter.close());
  try {
    const { createContext } = await import('./wiring.ts');
    const ctx = await createContext(workplace, reporter, interruption.signal);
    const outcome = await command.run(input, {
      ctx,
      workplace,
      interactive: reporter.live,
      paint: createPaint(!input.has('no-color') && wantsColour(process.stdout, process.env)),
      errorPaint: createPaint(colour),
    });
    reporter.close();
    await print(outcome, input);
    return outcome.exit;
  } catch (error) {
    reporter.close();
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('interrupted; the same command goes on from here\n');
    return interruptedExit;
  } finally {
    interruption.stop();
  }
}

async function print(outcome: Outcome, input: Input): Promise<void> {
  const text = input.text('output') === 'json' ? JSON.stringify(outcome.data, null, 2) : outcome.text;
  if (text !== '') await write(text);
}

/** Waits until the text has left: a pipe may be slow, and the process is about to end. */
async function write(text: string): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write(`${text}\n`, () => resolve()));
}

/** Read from the words themselves: they may be what is wrong. */
function wantsJson(words: readonly string[]): boolean {
  return /(?:^|\s)(?:--output[ =]|-o ?=?)json(?:\s|$)/.test(words.join(' '));
}
