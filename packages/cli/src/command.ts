import type { ForgeContext } from '@cluster-forge/forge/context';
import type { Toolchain } from '@cluster-forge/toolchain';
import type { Paint } from './paint.ts';
import type { Workplace } from './workplace.ts';

/** One option of a command. `--name VALUE`, or a switch when `value` is absent. */
export interface Option {
  /** Long name without dashes: `file`. */
  readonly name: string;
  readonly short?: string;
  /** Placeholder of the value, in capitals: `PATH`. */
  readonly value?: string;
  readonly help: string;
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  /** What completion offers for the value. */
  readonly completes?: 'files' | 'directories';
}

export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly required?: boolean;
  readonly choices?: readonly string[];
}

export interface Example {
  readonly command: string;
  readonly does: string;
}

/** What a person typed, after parsing. A repeatable option is always a list. */
export interface Input {
  readonly arguments: readonly string[];
  text(option: string): string | undefined;
  list(option: string): readonly string[];
  has(option: string): boolean;
}

/** A command as data: help, completion and parsing all come from it. */
export interface Command {
  readonly summary: string;
  readonly description?: string;
  readonly arguments?: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  run(input: Input, session: Session): Promise<Outcome>;
}

/** What a command gets: the engine's context, and where it works. */
export interface Session {
  readonly ctx: ForgeContext & { readonly tools: Toolchain };
  readonly workplace: Workplace;
  /** The view for people is a live terminal. */
  readonly interactive: boolean;
  /** For results on standard output. */
  readonly paint: Paint;
  /** For what is told on standard error. */
  readonly errorPaint: Paint;
}

/** What a command hands back: data for `--output json`, text for people, and how the process ends. */
export interface Outcome {
  readonly data: unknown;
  readonly text: string;
  /** 0 done, 1 failed, 3 problems found. */
  readonly exit: 0 | 1 | 3;
}

export function done(data: unknown, text: string): Outcome {
  return { data, text, exit: 0 };
}
