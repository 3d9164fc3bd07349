import type { Input } from '../command.ts';
import { createJsonReporter } from './json.ts';
import { createPlainReporter } from './plain.ts';
import type { Reporter, Sink } from './reporter.ts';
import { createTtyReporter } from './tty.ts';

/** The reporter that `--progress` asks for; a live one on a terminal, a plain one elsewhere. */
export function createReporter(
  input: Input,
  sink: Sink & { readonly isTTY?: boolean },
  colour: boolean,
): Reporter & { readonly live: boolean } {
  const assumeYes = input.has('yes');
  const style = input.text('progress') ?? (sink.isTTY === true ? 'live' : 'plain');
  const options = { colour, assumeYes };
  switch (style) {
    case 'json':
      return { ...createJsonReporter(sink, assumeYes), live: false };
    case 'none':
      return { ...createPlainReporter({ write: () => true }, options), live: false };
    case 'live':
      return { ...createTtyReporter(sink, options), live: true };
    default:
      return { ...createPlainReporter(sink, options), live: false };
  }
}
