import { globSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Json } from '../json.ts';
import { convert, type Converted } from './convert.ts';
import { defaultLimits } from './limits.ts';
import { printYaml } from './print.ts';
import { readSimple } from './simple.ts';

/** What the full parser makes of a text; undefined when it is not exactly one good document. */
function readFully(text: string): Converted | undefined {
  const documents = parseAllDocuments(text, {
    schema: 'core',
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [document] = Array.isArray(documents) ? documents : [];
  if (document === undefined || documents.length !== 1 || document.errors.length > 0 || document.warnings.length > 0)
    return undefined;
  const converted = convert(document, defaultLimits);
  return converted.findings.length === 0 ? converted : undefined;
}

/** What the two readers differ in; nothing when they agree, places included, or when the simple one passes. */
function difference(text: string): unknown {
  const simple = readSimple(text);
  if (simple === undefined) return undefined;
  const full = readFully(text);
  return isDeepStrictEqual(simple, full) ? undefined : { text, simple, full };
}

describe('reads', () => {
  test.each([
    'a: 1\n',
    'a: 1',
    '# c\na: x # c\n\nb: y\n',
    'a:\n  b:\n    c: d\n',
    'a:\n- x\n- y\nb: 1\n',
    'a:\n  - x\n  -  y: 1\n     z: 2\n  - - p\n    - q\n',
    'a: {b: c, d: [1, "x, y", {e: f}], g: []}\n',
    "a: 'it''s'\nb: \"x # y\"\n",
    'a: -1\nb: +2.5\nc: 1e3\nd: .5\ne: ~\nf: true\n',
    '- a\n- b: c\n  d: e\n',
    'a: |\n  x\n\n    y # no comment\n  z\n\nb: |-\n  text\n',
    'a: x#y\nb: http://x:80/y?z=1&q=*\n',
    '"q.k": 1\n\'s k\': 2\n8080: p\ntrue: q\n',
    'a: ${{ params.x }}\nb: x - y\n',
    'a: {b: x}   \nc: d   \n',
    'a: v1.2.3\nb: 1.2.3\nc: 500m\nd: 10Gi\ne: "2"\n',
    'a: [a, b,]\n',
    "when: params.size != 'small'\n",
    'a:   x\n',
    '- |\n  a\n  b\n- k: |\n    c\n  l: d\n',
    'a:\n    # c\n  # d\n  b: 1\n',
    'a: { b: c }\nd: [ x ]\n',
    'a: b\'c"d\n',
    'a: x,y]\n',
    'a: é\n',
    'a: 🎉 b # c\nd: e\n',
  ])('%j', (text) => {
    expect(readSimple(text)).toEqual(readFully(text));
    expect(readSimple(text)).toBeDefined();
  });
});

test.each([
  'a: b: c\n',
  'a: &x 1\n',
  'a: *x\n',
  'a: !t x\n',
  'a:\n',
  'a: x\n  y\n',
  'a: "x\n  y"\n',
  'a: [1,\n 2]\n',
  '? a\n: b\n',
  '---\na: 1\n',
  'a: 1\na: 2\n',
  '<<: {a: 1}\n',
  '__proto__: 1\n',
  'a:\tb\n',
  'a: yes\n',
  'a: 012\n',
  'a: 0x1f\n',
  'a: .inf\n',
  'a: 12345678901234567890\n',
  'a: "x\\n"\n',
  'a: >\n  x\n',
  'a: |2\n   x\n',
  'a: b\n c: d\n',
  ' a: 1\nb: 2\n',
  'x\n',
  'a: {b}\n',
  'a: {b: }\n',
  'a: [x: y]\n',
  'a: - b\n',
  'a: %x\n',
  'a: @x\n',
  'a: `x\n',
  '- a\nb: 1\n',
  'a: 1 2: 3\n',
  'a: "x" y\n',
  'null: 1\n',
  '-\n',
  '- # c\n  a\n',
  'a: |\n\n  x\n',
  'a: |\n  x',
  "a: '''\n",
  'a: "x"#c\n',
  'a: [#\n]\n',
  'a: {b: 1, b: 2}\n',
  'é: ü\n',
])('%j is left to the full parser', (text) => {
  expect(readSimple(text)).toBeUndefined();
});

describe('agrees with the full parser', () => {
  const piece = fc.constantFrom(
    'a',
    'b: ',
    'c:',
    '- ',
    '-',
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    '{',
    '}',
    '[',
    ']',
    ', ',
    ',',
    ': ',
    '"',
    "'",
    '#',
    ' # c',
    '|',
    '|-',
    '1',
    '-1',
    '.5',
    'true',
    'null',
    '~',
    'x y',
    '&a',
    '*',
    '!',
    '?',
    '${{ x }}',
    '.',
    '..',
    '--',
    '---',
    '\\',
    '%',
    'é',
    'k: v\n',
    '0',
    'e',
    '+',
    '=',
    '<<',
  );

  test('on pieces of YAML put together at random', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        expect(difference(pieces.join(''))).toBeUndefined();
      }),
      { numRuns: 1_500 },
    );
  });

  test('on lines of YAML put together at random', () => {
    const line = fc.tuple(
      fc.constantFrom('', '  ', '    ', '- ', '  - ', '  - - ', ' '),
      fc.constantFrom(
        'a:',
        'b: 1',
        'c: x',
        'd: {e: f}',
        'g: |',
        '"h": i',
        'text',
        '- j',
        'k: [l, m]',
        '# n',
        '',
        'o: "p"',
        "q: 'r",
        'a: z',
        's: |-',
        't: u # v',
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        expect(difference(`${lines.map((parts) => parts.join('')).join('\n')}\n`)).toBeUndefined();
      }),
      { numRuns: 1_500 },
    );
  });

  test('on printed data', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(difference(printYaml(JSON.parse(JSON.stringify(value)) as Json))).toBeUndefined();
      }),
    ); // JSON gives Json
  });

  test('on the files of this repository, of which it reads most', () => {
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    const authored = ['catalog/**/*.yaml', 'stacks/**/*.yaml', 'examples/*/*.yaml', 'examples/*/catalog/**/*.yaml'];
    const texts = globSync(authored, { cwd: root }).map((file) => readFileSync(`${root}${file}`, 'utf8'));
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.flatMap((text) => difference(text) ?? [])).toEqual([]);
  });
});
