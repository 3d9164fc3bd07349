import { EvaluationError, type Environment } from '@marcbachmann/cel-js';
import { parseQuantity, Quantity, quantityToJson, wholeOf } from './quantity.ts';

/**
 * Functions beyond the CEL standard, named and behaving as in the CEL libraries of Kubernetes and cel-go
 * (https://kubernetes.io/docs/reference/using-api/cel/), so that an expression that works here works there. Mixed int and double arithmetic is the
 * one thing that goes further, because JSON does not tell `2` from `2.0`.
 */
export function addLibrary(environment: Environment): void {
  addStrings(environment);
  addLists(environment);
  addEncoding(environment);
  addQuantities(environment);
  addMixedNumbers(environment);
}

function addStrings(environment: Environment): void {
  environment
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction(
      'string.replace(string, string, int): string',
      (text: string, from: string, to: string, limit: bigint) => {
        const parts = text.split(from);
        const count = limit < 0n ? parts.length - 1 : Math.min(Number(limit), parts.length - 1);
        return (
          parts
            .slice(0, count)
            .map((part) => part + to)
            .join('') + parts.slice(count).join(from)
        );
      },
    )
    .registerFunction('string.charAt(int): string', (text: string, index: bigint) => text.charAt(Number(index)))
    .registerFunction('string.reverse(): string', (text: string) => Array.from(text).toReversed().join(''))
    .registerFunction(
      'string.find(string): string',
      (text: string, pattern: string) => regExp(pattern).exec(text)?.[0] ?? '',
    )
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
      Array.from(text.matchAll(regExp(pattern, 'g')), ([match]) => match),
    );
}

function addLists(environment: Environment): void {
  environment
    .registerFunction('list.sum(): dyn', (list: Numbers) => list.reduce((sum, item) => add(sum, item), 0n))
    .registerFunction('list.min(): dyn', (list: Sortable) => extreme(list, -1))
    .registerFunction('list.max(): dyn', (list: Sortable) => extreme(list, 1))
    .registerFunction('list.isSorted(): bool', (list: Sortable) =>
      list.every((item, at) => at === 0 || compare(list[at - 1] ?? item, item) <= 0),
    )
    .registerFunction('list.sort(): list<dyn>', (list: Sortable) => list.toSorted(compare))
    .registerFunction('list.distinct(): list<dyn>', (list: readonly unknown[]) => [
      ...new Map(list.map((item) => [keyOf(item), item])).values(),
    ])
    .registerFunction('list.reverse(): list<dyn>', (list: readonly unknown[]) => list.toReversed())
    .registerFunction('list.flatten(): list<dyn>', (list: readonly unknown[]) => list.flat())
    .registerFunction('list.slice(int, int): list<dyn>', (list: readonly unknown[], from: bigint, to: bigint) =>
      list.slice(Number(from), Number(to)),
    );
}

function addEncoding(environment: Environment): void {
  environment.registerType('Base64Namespace', Base64Namespace);
  environment
    .registerConstant('base64', 'Base64Namespace', new Base64Namespace())
    .registerFunction('Base64Namespace.encode(bytes): string', (_: unknown, bytes: Uint8Array) =>
      Buffer.from(bytes).toString('base64'),
    )
    .registerFunction('Base64Namespace.encode(string): string', (_: unknown, text: string) =>
      Buffer.from(text).toString('base64'),
    )
    .registerFunction('Base64Namespace.decode(string): bytes', (_: unknown, text: string) =>
      Buffer.from(text, 'base64'),
    );
}

function addQuantities(environment: Environment): void {
  environment.registerType('Quantity', Quantity);
  const order = (a: Quantity, b: Quantity) => (a.nano === b.nano ? 0n : a.nano < b.nano ? -1n : 1n);
  environment
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction(
      'quantity(string): Quantity',
      (text: string) => parseQuantity(text) ?? fail(`"${text}" is not a quantity such as 500m or 2Gi`),
    )
    .registerFunction('Quantity.compareTo(Quantity): int', order)
    .registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nano > b.nano)
    .registerFunction('Quantity.isLessThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nano < b.nano)
    .registerFunction('Quantity.add(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nano + b.nano))
    .registerFunction('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nano - b.nano))
    .registerFunction('Quantity.isInteger(): bool', (a: Quantity) => wholeOf(a) !== undefined)
    .registerFunction(
      'Quantity.asInteger(): int',
      (a: Quantity) => wholeOf(a) ?? fail('the quantity is not a whole number'),
    )
    .registerFunction('Quantity.asApproximateFloat(): double', quantityToJson)
    .registerFunction('Quantity.sign(): int', (a: Quantity) => order(a, new Quantity(0n)));
}

function addMixedNumbers(environment: Environment): void {
  const arithmetic = {
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
  };
  for (const [operator, apply] of Object.entries(arithmetic)) {
    const handler = (a: bigint | number, b: bigint | number) => apply(Number(a), Number(b));
    environment
      .registerOperator(`int ${operator} double: double`, handler)
      .registerOperator(`double ${operator} int: double`, handler);
  }
}

/** The evaluator finds the functions of `base64` by the class of that constant. */
class Base64Namespace {
  readonly name = 'base64';
}

type Sortable = readonly (string | number | bigint | boolean | Date)[];
type Numbers = readonly (number | bigint)[];

function add(a: number | bigint, b: number | bigint): number | bigint {
  return typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(a) + Number(b);
}

function compare(a: Sortable[number], b: Sortable[number]): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function extreme(list: Sortable, sign: 1 | -1): Sortable[number] {
  if (list.length === 0) fail('the list is empty');
  return list.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best));
}

function keyOf(item: unknown): string {
  return JSON.stringify(item, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
}

function regExp(pattern: string, flags?: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return fail(`"${pattern}" is not a regular expression`);
  }
}

/** Errors of the evaluator's own class get the place in the expression attached; cel.ts turns them into E_CEL_EVALUATE. */
function fail(message: string): never {
  throw new EvaluationError(message);
}
