import type { Json } from '../json.ts';

/** Words that `convert.ts` warns about or refuses; whoever meets one must leave the file to it. */
const doubtful = /^(?:yes|no|on|off|[-+]?\.(?:inf|nan)|[-+]?0\d+|[-+]?\d{16,}|0[ox][0-9a-f]+)$/i;

/** A plain scalar as the core schema of YAML 1.2 reads it; undefined when it needs a closer look. */
export function readPlain(text: string): Json | undefined {
  const first = text.charCodeAt(0);
  // Most values begin with a letter that no number or keyword has: they are text.
  const isDigit = first >= 48 && first <= 57;
  const mayBeWord = text.length <= 5 || isDigit || first === 43 || first === 45 || first === 46;
  if (!mayBeWord) return text;
  if (doubtful.test(text)) return undefined;
  if (/^(?:~|null|Null|NULL)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(?:\d+|\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text;
}
