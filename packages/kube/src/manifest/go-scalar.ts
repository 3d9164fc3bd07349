/**
 * Plain scalars as Go reads them: the rules of go-yaml v2, which sigs.k8s.io/yaml and so the API server, kubectl and helm use
 * (https://github.com/yaml/go-yaml/blob/v2/resolve.go). They are YAML 1.1 with differences of their own: `y` and `on` are booleans, `010` is eight, `0o10`
 * too, `08` is a float, base 60 does not exist, timestamps stay text.
 */
export type GoScalar =
  | {
      readonly sort: 'string' | 'bool' | 'null' | 'int' | 'uint' | 'float';
      readonly value: string | number | boolean | null;
    }
  /** Infinity and NaN: Go knows them, JSON does not. `value` is the text that Go gives such a key. */
  | { readonly sort: 'unprintable'; readonly value: string };

const words = new Map<string, GoScalar>([
  ...list('y Y yes Yes YES true True TRUE on On ON', { sort: 'bool', value: true }),
  ...list('n N no No NO false False FALSE off Off OFF', { sort: 'bool', value: false }),
  ...list('~ null Null NULL', { sort: 'null', value: null }),
  ['', { sort: 'null', value: null }],
  ...list('.nan .NaN .NAN', { sort: 'unprintable', value: '.nan' }),
  ...list('.inf .Inf .INF +.inf +.Inf +.INF', { sort: 'unprintable', value: '.inf' }),
  ...list('-.inf -.Inf -.INF', { sort: 'unprintable', value: '-.inf' }),
]);

function list(texts: string, scalar: GoScalar): [string, GoScalar][] {
  return texts.split(' ').map((text) => [text, scalar]);
}

/** What a plain scalar without a tag means. Strings are by far the most, so they leave first. */
export function resolvePlain(text: string): GoScalar {
  if (text.length < 6) {
    const word = words.get(text);
    if (word !== undefined) return word;
  }
  const code = text.charCodeAt(0);
  const isNumeric = (code >= 48 && code <= 57) || code === 43 || code === 45;
  const number = isNumeric ? readNumber(text.replaceAll('_', '')) : code === 46 ? readPointFloat(text) : undefined;
  return number ?? { sort: 'string', value: text };
}

const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const pointFloat = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const smallest = -(2n ** 63n);
const afterLargest = 2n ** 63n;
const afterLargestUnsigned = 2n ** 64n;

/** `plain` has lost its underscores, as in Go. Integers beyond 64 bits are floats when they look like one, else text. */
function readNumber(plain: string): GoScalar | undefined {
  if (integer.test(plain)) {
    const value = integerOf(plain);
    if (value >= smallest && value < afterLargest) return { sort: 'int', value: Number(value) };
    const isSigned = plain.startsWith('+') || plain.startsWith('-');
    if (!isSigned && value < afterLargestUnsigned) return { sort: 'uint', value: Number(value) };
  }
  return float.test(plain) ? finite(Number(plain)) : undefined;
}

function readPointFloat(text: string): GoScalar | undefined {
  return pointFloat.test(text) ? finite(Number(text.replaceAll('_', ''))) : undefined;
}

function finite(value: number): GoScalar | undefined {
  return Number.isFinite(value) ? { sort: 'float', value } : undefined;
}

function integerOf(plain: string): bigint {
  const isNegative = plain.startsWith('-');
  const digits = plain.replace(/^[-+]/, '');
  const isOldOctal = /^0[0-7]+$/.test(digits);
  const value = BigInt(isOldOctal ? `0o${digits.slice(1)}` : digits);
  return isNegative ? -value : value;
}

/** Text of a map key that is not text, as sigs.k8s.io/yaml prints it into JSON; undefined for keys it refuses. Floats lose all beyond 32 bits, as there. */
export function keyText(scalar: GoScalar): string | undefined {
  switch (scalar.sort) {
    case 'string':
    case 'unprintable':
    case 'int':
    case 'bool':
      return Object.is(scalar.value, -0) ? '0' : String(scalar.value);
    case 'float':
      return shortFloat(Number(scalar.value));
    case 'null':
    case 'uint':
      return undefined;
    default:
      return scalar satisfies never;
  }
}

/** Go's `FormatFloat(value, 'g', -1, 32)`: the fewest digits that name the same 32-bit float, exponents below -4 and from 6 on are written as such. */
function shortFloat(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = '0'] = shortestDigits(single).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return plainDigits(mantissa, exponent);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function shortestDigits(single: number): string {
  for (let digits = 0; digits < 9; digits += 1) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return text;
  }
  return single.toExponential(9);
}

function plainDigits(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
