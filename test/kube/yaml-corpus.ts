import { seededRandom } from './namespace.ts';

/** Values as people and templates write them, each at home under a key of a block map. Several lines are indented by whoever places them. */
const scalars: readonly string[] = [
  ...'yes|no|on|off|y|N|True|~|null|NULL|010|0755|0o755|08|0x1F|-0x1f|0b101|-0b11|1_000|1__0|1e3|1E-3|1e400|.5|.5_0|5.|+1|-0|-0.0|1:30|190:20:30'.split(
    '|',
  ),
  ...'9007199254740993|18446744073709551615|99999999999999999999|0xFFFFFFFFFFFFFFFFF|1.10|1.2.3|v1|0.1|3.4e39|2001-01-01|2001-12-14t21:59:43.10-05:00|=|<<|.|..|-.|http://x:80/y?z=1#a'.split(
    '|',
  ),
  'a: b',
  'a #b',
  'a#b',
  '"a b"',
  "'it''s'",
  '"\\x41\\u00e9\\U0001F600\\n\\t\\\\"',
  '"\\N\\_\\L\\P\\e\\0"',
  '"a\\\n  b"',
  '"q\n  r\n\n  s"',
  "'q\n\n  r'",
  'plain\n  more\n\n  lines',
  '|\n  l1\n   l2\n\n',
  '|-\n  x\n\n',
  '|+\n  k\n\n',
  '|2\n    x\n  y',
  '|1-\n x',
  '>\n  f1\n  f2\n\n   more\n  f3\n',
  '>-\n  a\n\n\n  b',
  '>+\n  a\n\n',
  '|\n\n  late',
  '|  # c\n  x',
  '|\n  # not a comment\n  x: {',
  '[a, b]',
  '[]',
  '{}',
  '{a: 1, b: [x, {c: ~}]}',
  '[\n  1,\n  # c\n  2,\n]',
  '{\n  a: 1\n}',
  '[a,\nb\n]',
  '{"a":1,"b":"x"}',
  "{'a': b}",
  '[a: 1, b]',
  '[[1], {a}]',
  '{a, b: c}',
  '{a: , b: }',
  '!!str 010',
  '!!int "7"',
  '!!float 1',
  '!own x',
  '! 12',
  '!!binary aGVsbG8=',
  '!!null x',
  '!!bool yes',
  '&anchor v',
  '&other [1, 2]',
  '😀',
  'é ü',
  '日本語',
  'a\u00a0b',
  '"\u00a0"',
  'x\ty',
  '"x\ty"',
  '\tx',
  'x\t',
  'x # c',
  'x\t# c',
  '"x" # c',
  '',
  '# only a comment',
  '"',
  "'",
  '@x',
  '`x',
  '%x',
  ',x',
  '*',
  '&',
  '- ',
  '?',
  '? x',
  ': x',
  '--- x',
  '"\\ud83d\\ude00"',
  '"\\\'"',
  '"\\/"',
];

const keys: readonly string[] = [
  'a',
  'b',
  'c-d',
  'e.f/g',
  '"quoted"',
  "'single'",
  '"with: colon"',
  '1',
  '010',
  '1.20',
  '1e7',
  'yes',
  'null',
  '~x',
  '"<<"',
  'k ',
  '? explicit\n',
  '&k key',
  '!!str 5',
  '"é"',
  '0x10',
  '.5',
  'true',
  '-1',
];

/** Bodies of block maps, indented by two: every scalar once, then random mixtures that the seed fixes. */
export function yamlCorpus(seed: number, count: number): readonly string[] {
  const random = seededRandom(seed);
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  // Each key once: Go forgives a bad key whose value a later equal key replaces, and we do not.
  const some = (most: number) =>
    keys
      .map((key) => ({ key, order: random() }))
      .toSorted((a, b) => a.order - b.order)
      .slice(0, 1 + Math.floor(random() * most))
      .map(({ key }) => key);
  const node = (indent: string, depth: number): string => {
    if (depth > 2 || random() < 0.6) return ` ${place(pick(scalars), indent)}\n`;
    const isList = random() < 0.4;
    const inner = indent + (isList && random() < 0.5 ? '' : '  ');
    const lines = some(3).map(
      (key) => `${inner}${isList ? '-' : `${place(key, inner)}:`}${node(`${inner}  `, depth + 1)}`,
    );
    return `\n${random() < 0.1 ? '\n' : ''}${lines.join(random() < 0.05 ? `${inner}# between\n` : '')}`;
  };
  const mixtures = Array.from({ length: count }, () => {
    const body = some(4)
      .map((key) => `  ${place(key, '  ')}:${node('    ', 0)}`)
      .join('');
    return random() < 0.08 ? body.replaceAll('\n', '\r\n') : body;
  });
  return [
    ...scalars.map((text) => `  x: ${place(text, '  ')}\n`),
    ...keys.map((key) => `  ${place(key, '  ')}: v\n`),
    ...whole,
    ...mixtures,
  ];
}

/** What needs more than one key. */
const whole: readonly string[] = [
  '  base: &base {a: 1, b: 2}\n  x:\n    b: 0\n    <<: *base\n    a: 3\n',
  '  x:\n    <<: [{a: 1}, {a: 2, b: 2}]\n',
  '  a: 1\n  a: 2\n',
  '  l: &l [1]\n  x: *l\n  z: [*l, *l]\n',
  '  x: [\n    1,\n  ]\n  z: {\n    a: b\n  }\n',
  '  x: [\n 1,\n]\n  z: "a\nb"\n',
  '  x:\n  - a\n  -\n    b: c\n  - - d\n    - e\n  z:\n    - f\n',
  '  x: "\\\n    a"\n  z: "a \\\n    b"\n',
  '  x: 1\u0085  z: 2\n',
  '  x: |\n    a\u2028b\n',
];

function place(text: string, indent: string): string {
  return text.replaceAll('\n', `\n${indent}`);
}
