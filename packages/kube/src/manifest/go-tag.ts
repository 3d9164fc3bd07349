import { resolvePlain, type GoScalar } from './go-scalar.ts';

const longPrefix = 'tag:yaml.org,2002:';

/** `!<tag:yaml.org,2002:str>` and `!!str` are one tag. */
export function shortTag(tag: string): string {
  const verbatim = tag.startsWith('!<') ? tag.slice(2, -1) : tag;
  return verbatim.startsWith(longPrefix) ? `!!${verbatim.slice(longPrefix.length)}` : verbatim;
}

/** A scalar with an explicit tag, as go-yaml v2 resolves it: unknown tags leave text alone, known ones must fit. undefined: it does not fit. */
export function resolveTagged(tag: string, text: string): GoScalar | undefined {
  const short = shortTag(tag);
  switch (short) {
    case '!!bool':
    case '!!int':
    case '!!float':
    case '!!null':
      return fitting(short.slice(2), resolvePlain(text));
    case '!!timestamp':
      return /^\d{4}-\d/.test(text) ? string(text) : undefined;
    case '!!binary':
      return decodeBinary(text);
    default:
      return string(text);
  }
}

function fitting(sort: string, scalar: GoScalar): GoScalar | undefined {
  if (scalar.sort === sort || (sort === 'int' && scalar.sort === 'uint')) return scalar;
  if (sort !== 'float') return undefined;
  if (scalar.sort === 'int') return { sort: 'float', value: scalar.value };
  return scalar.sort === 'unprintable' ? scalar : undefined;
}

/** Go decodes to bytes and prints them as text; bytes that are not UTF-8 become U+FFFD there and here. */
function decodeBinary(text: string): GoScalar | undefined {
  const packed = text.replace(/[\r\n]/g, '');
  const isBase64 = packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
  return isBase64 ? string(new TextDecoder().decode(Buffer.from(packed, 'base64'))) : undefined;
}

function string(value: string): GoScalar {
  return { sort: 'string', value };
}
