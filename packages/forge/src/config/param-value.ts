import { isObject, suggest, type Json } from '@cluster-forge/base';
import { formatExample } from './formats.ts';
import type { ParamDeclaration } from './schema/params.ts';

export interface Violation {
  /** Continues "param size ...". */
  readonly what: string;
  readonly fix: string;
}

/** What a declaration finds wrong with a value; undefined when it is allowed. */
export function violation(value: Json, declaration: ParamDeclaration): Violation | undefined {
  return (
    wrongType(value, declaration) ??
    notListed(value, declaration) ??
    outOfRange(value, declaration) ??
    badText(value, declaration)
  );
}

const types: Readonly<
  Record<ParamDeclaration['type'], { readonly test: (value: Json) => boolean; readonly noun: string }>
> = {
  string: { test: (value) => typeof value === 'string', noun: 'text' },
  integer: { test: Number.isSafeInteger, noun: 'a whole number' },
  number: { test: (value) => typeof value === 'number', noun: 'a number' },
  boolean: { test: (value) => typeof value === 'boolean', noun: 'true or false' },
  object: { test: isObject, noun: 'a map' },
  array: { test: Array.isArray, noun: 'a list' },
};

function wrongType(value: Json, { type }: ParamDeclaration): Violation | undefined {
  const { test, noun } = types[type];
  if (test(value)) return undefined;
  const isQuotable = type === 'string' && (typeof value === 'number' || typeof value === 'boolean');
  return {
    what: `must be ${noun}, but is ${JSON.stringify(value)}`,
    fix: isQuotable ? `put it in quotes: "${value}"` : `give ${noun}`,
  };
}

function notListed(value: Json, { enum: allowed }: ParamDeclaration): Violation | undefined {
  if (allowed === undefined || allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) return undefined;
  const options = allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  const fix = typeof value === 'string' ? suggest(value, options) : undefined;
  return {
    what: `must be one of ${options.join(', ')}, but is ${JSON.stringify(value)}`,
    fix: fix ?? `use one of: ${options.join(', ')}`,
  };
}

function outOfRange(value: Json, declaration: ParamDeclaration): Violation | undefined {
  const least = declaration.minimum ?? declaration.min;
  const greatest = declaration.maximum ?? declaration.max;
  const isSized = typeof value === 'string' || Array.isArray(value);
  const size = typeof value === 'number' ? value : isSized ? value.length : undefined;
  if (size === undefined) return undefined;
  const noun = isSized ? (typeof value === 'string' ? ' characters' : ' items') : '';
  const range = `${least === undefined ? '' : `at least ${least}`}${least !== undefined && greatest !== undefined ? ' and ' : ''}${greatest === undefined ? '' : `at most ${greatest}`}${noun}`;
  const isOutside = (least !== undefined && size < least) || (greatest !== undefined && size > greatest);
  return isOutside
    ? {
        what: `must be ${isSized ? 'long ' : ''}${range}, but is ${isSized ? `${size} long` : size}`,
        fix: `give ${range}`,
      }
    : undefined;
}

function badText(value: Json, { format, pattern }: ParamDeclaration): Violation | undefined {
  if (typeof value !== 'string') return undefined;
  const example = format === undefined ? undefined : formatExample(format, value);
  if (example !== undefined)
    return { what: `must be a ${format}, but is ${JSON.stringify(value)}`, fix: `write it like ${example}` };
  if (pattern === undefined || new RegExp(`^(?:${pattern})$`).test(value)) return undefined;
  return { what: `must match ${pattern}, but is ${JSON.stringify(value)}`, fix: 'correct it' };
}
