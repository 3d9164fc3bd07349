import type { Input } from './command.ts';
import { cliErrors } from './errors.ts';

/** An option that is a number of `unit`; undefined when it was not given. Throws E_CLI_USAGE for anything but a number from `least` on. */
export function amountOf(
  input: Input,
  option: string,
  { unit, least }: { readonly unit: string; readonly least: number },
): number | undefined {
  const text = input.text(option);
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= least) return value;
  throw cliErrors.E_CLI_USAGE({
    what: `--${option} cannot be "${text}"`,
    fix: `give ${unit}, ${least} or more, such as 120`,
  });
}
