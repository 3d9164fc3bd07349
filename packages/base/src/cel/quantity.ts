/** Amounts as infrastructure tools write them: `500m`, `1.5Gi`, `2e3`. Exact, in billionths. */
export class Quantity {
  readonly nano: bigint;

  constructor(nano: bigint) {
    this.nano = nano;
  }
}

const pattern = /^([+-]?)(\d+)?(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|(n|u|m|k|[KMGTPE]i|[MGTPE]))?$/;

const suffixes: Readonly<Record<string, readonly [numerator: bigint, denominator: bigint]>> = {
  n: [1n, 1_000_000_000n],
  u: [1n, 1_000_000n],
  m: [1n, 1_000n],
  k: [10n ** 3n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [1n << 10n, 1n],
  Mi: [1n << 20n, 1n],
  Gi: [1n << 30n, 1n],
  Ti: [1n << 40n, 1n],
  Pi: [1n << 50n, 1n],
  Ei: [1n << 60n, 1n],
};

const billion = 1_000_000_000n;

/** Reads a quantity as the Kubernetes API does (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/); smaller parts than 1n round up. Undefined when the text is not one. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent, suffix] = match;
  if (whole === '' && fraction === '') return undefined;
  const [numerator, denominator] = scaleOf(suffix, exponent);
  const amount = BigInt(`${whole}${fraction}`) * billion * numerator;
  const divisor = denominator * 10n ** BigInt(fraction.length);
  const nano = (amount + divisor - 1n) / divisor;
  return new Quantity(sign === '-' ? -nano : nano);
}

function scaleOf(suffix: string | undefined, exponent: string | undefined): readonly [bigint, bigint] {
  if (suffix !== undefined) return suffixes[suffix] ?? [1n, 1n];
  const power = Number(exponent ?? 0);
  return power >= 0 ? [10n ** BigInt(power), 1n] : [1n, 10n ** BigInt(-power)];
}

/** The whole number, or undefined when the quantity has a fractional part. */
export function wholeOf(quantity: Quantity): bigint | undefined {
  return quantity.nano % billion === 0n ? quantity.nano / billion : undefined;
}

/** As a JSON number; digits beyond double precision are lost. */
export function quantityToJson(quantity: Quantity): number {
  const whole = wholeOf(quantity);
  return whole === undefined ? Number(quantity.nano) / 1e9 : Number(whole);
}
