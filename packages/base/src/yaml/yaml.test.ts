import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { defaultLimits } from './limits.ts';
import { printYaml } from './print.ts';
import { parseYaml } from './yaml.ts';

const valueOf = (text: string): Json | undefined => parseYaml(text, 'f.yaml').documents[0]?.value;

describe('values', () => {
  test.each([
    ['a: 1\nb: [x, 2.5, true, null, "q"]', { a: 1, b: ['x', 2.5, true, null, 'q'] }],
    ['a: 0x1f\nb: 0o17\nc: 1e3', { a: 31, b: 15, c: 1000 }],
    ['8080: x\ntrue: y\n1.50: z', { '8080': 'x', true: 'y', '1.50': 'z' }],
    ['d: &d {x: 1, y: 2}\ne:\n  <<: *d\n  y: 3\nf: *d', { d: { x: 1, y: 2 }, e: { x: 1, y: 3 }, f: { x: 1, y: 2 } }],
    ['a:\n  <<: [{x: 1}, {x: 2, z: 3}]', { a: { x: 1, z: 3 } }],
    ['"<<": {a: 1}', { '<<': { a: 1 } }],
    ['a: |\n  x\n   y\nb: >\n  x\n  y\n', { a: 'x\n y\n', b: 'x y\n' }],
    ['a: ${{ params.x }}\nb: {{ .Values }}', undefined],
    ['a: ${{ params.x }}', { a: '${{ params.x }}' }],
    ['# nothing\n', undefined],
    ['', undefined],
    ['a: 2024-01-01', { a: '2024-01-01' }],
    ['\uFEFFa: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ])('%j', (text, expected) => {
    const { documents, diagnostics } = parseYaml(text, 'f.yaml');
    expect(diagnostics.length > 0 ? undefined : documents[0]?.value).toEqual(expected);
  });

  test('several documents', () => {
    expect(parseYaml('a: 1\n---\n# empty\n---\nb: 2\n', 'f.yaml').documents.map(({ value }) => value)).toEqual([
      { a: 1 },
      { b: 2 },
    ]);
  });

  test('__proto__ is an ordinary key', () => {
    const value = valueOf('__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}');
    expect(Object.keys(value ?? {})).toEqual(['__proto__', 'constructor']);
    expect('polluted' in {}).toBe(false);
  });

  test('what is printed reads back the same, and prints the same again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (random) => {
        const value: Json = JSON.parse(JSON.stringify(random));
        const text = printYaml({ value });
        const { documents, diagnostics } = parseYaml(text, 'f.yaml');
        expect(diagnostics).toEqual([]);
        expect(documents[0]?.value).toEqual({ value });
        expect(printYaml(documents[0]?.value ?? null)).toBe(text);
      }),
    );
  });
});

describe('places', () => {
  const { documents } = parseYaml(
    'spec:\n  list:\n    - name: a\n    - {name: b, deep: [1, 2]}\n  "odd.key": x\n',
    'p.yaml',
  );
  test.each([
    [['spec', 'list', 1, 'deep', 1], 'value', 4, 27],
    [['spec', 'list', 0, 'name'], 'value', 3, 13],
    [['spec', 'list', 0, 'name'], 'key', 3, 7],
    [['spec', 'odd.key'], 'key', 5, 3],
    [['spec', 'list', 0, 'missing', 'deeper'], 'value', 3, 7],
    [['spec', 'absent'], 'value', 1, 1],
    [[], 'value', 1, 1],
  ] as const)('%j %s', (path, part, line, column) => {
    expect(documents[0]?.where(path, part)).toEqual({ file: 'p.yaml', line, column });
  });
});

describe('bad input', () => {
  test.each([
    ['a: b: c', 'E_YAML_SYNTAX', 1, 4, /nested mappings/, /quotes/],
    ['a:\n\t- b', 'E_YAML_SYNTAX', 2, 1, /tabs/, /spaces/],
    ['a: "x', 'E_YAML_SYNTAX', 1, 6, /closing "quote/, /missing character/],
    ['a: [1, 2\nb: 3', 'E_YAML_SYNTAX', 2, 1, /flow sequence/, /bracket/],
    ["a: 'it's'", 'E_YAML_SYNTAX', 1, 8, /unexpected/, /quote/],
    ['- a\nb: 1', 'E_YAML_SYNTAX', 2, 1, /unexpected/, /indentation/],
    ['a: @x', 'E_YAML_SYNTAX', 1, 4, /reserved/, /quotes/],
    ['a: *nobody', 'E_YAML_VALUE', 1, 4, /no anchor &nobody/, /anchor/],
    ['a: &a [*a]', 'E_YAML_VALUE', 1, 8, /no anchor &a/, /anchor/],
    ['x:\n  a: 1\n  b: 2\n  "a": 3', 'E_YAML_DUPLICATE_KEY', 4, 3, /"a" appears twice/, /rename/],
    ['1: a\n"1": b', 'E_YAML_DUPLICATE_KEY', 2, 1, /"1" appears twice/, /rename/],
    ['a: !secret x', 'E_YAML_TAG', 1, 4, /!secret/, /remove the tag/],
    ['a: !!binary eA==', 'E_YAML_TAG', 1, 4, /binary/, /remove the tag/],
    ['? [a]\n: b', 'E_YAML_VALUE', 1, 3, /cannot be a key/, /as text/],
    ['? \n: b', 'E_YAML_VALUE', 1, 3, /missing or null/, /as text/],
    ['a: .inf', 'E_YAML_VALUE', 1, 4, /no counterpart/, /quotes/],
    ['a: 12345678901234567890', 'E_YAML_VALUE', 1, 4, /more digits/, /quotes/],
    ['a: yes', 'E_YAML_AMBIGUOUS', 1, 4, /"yes" is text/, /true or false/],
    ['a: 0777', 'E_YAML_AMBIGUOUS', 1, 4, /0777 is 777/, /octal/],
  ] as const)('%j', (...[text, code, line, column, what, fix]) => {
    const [first] = parseYaml(text, 'bad.yaml').diagnostics;
    expect(first).toMatchObject({
      code,
      where: { file: 'bad.yaml', line, column },
      severity: code === 'E_YAML_AMBIGUOUS' ? 'warning' : 'error',
    });
    expect(first?.what).toMatch(what);
    expect(first?.fix).toMatch(fix);
  });

  test('a duplicate names the first one', () => {
    expect(parseYaml('a: 1\na: 2', 'f.yaml').diagnostics[0]?.related).toEqual([{ file: 'f.yaml', line: 1, column: 1 }]);
  });

  test('all findings of a file', () => {
    expect(
      parseYaml('a: 1\na: 2\nb: !x y\nc: .nan\n', 'f.yaml')
        .diagnostics.map(({ code }) => code)
        .sort(),
    ).toEqual(['E_YAML_DUPLICATE_KEY', 'E_YAML_TAG', 'E_YAML_VALUE']);
  });
});

describe('bombs are refused before they cost anything', () => {
  const laughs = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[at]}`).join(', ')}]`),
  ];
  test.each([
    ['too large', `a: ${'x'.repeat(defaultLimits.sizeBytes)}`, /bytes/],
    ['brackets', '['.repeat(2_000_000), /too deeply/],
    ['flow maps', '{a: '.repeat(100_000), /too deeply/],
    ['dashes', '- '.repeat(100_000), /too deeply/],
    ['indentation', Array.from({ length: 2_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'), /too deeply/],
    ['question marks', '? '.repeat(100_000), /too deeply/],
    ['a million laughs', laughs.join('\n'), /too many values/],
    ['commas', `[${'1,'.repeat(1_100_000)}]`, /too many values/],
    ['many aliases', `a: &a 1\nb: [${Array(101).fill('*a').join(', ')}]`, /too many aliases/],
  ])('%s', (_, text, what) => {
    const { diagnostics } = parseYaml(text, 'bomb.yaml');
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code: 'E_YAML_LIMIT', where: { file: 'bomb.yaml' } });
    expect(diagnostics[0]?.what).toMatch(what);
  });

  test.each([
    ['deep text in a block scalar', `a: |\n${' '.repeat(300)}x\n`],
    ['brackets in text', `a: "${'['.repeat(300)}"`],
    ['indented but shallow', `a:\n${' '.repeat(150)}b: 1\n`],
    ['ninety levels', `${'['.repeat(90)}${']'.repeat(90)}`],
  ])('%s is fine', (_, text) => {
    expect(parseYaml(text, 'fine.yaml').diagnostics).toEqual([]);
  });
});

test('printed files are read alike by YAML 1.1 readers', () => {
  expect(printYaml({ a: 'yes', b: '0777', c: 'on', d: '1_000', e: 'plain', f: null, g: [], h: {} })).toBe(
    'a: "yes"\nb: "0777"\nc: "on"\nd: "1_000"\ne: plain\nf: null\ng: []\nh: {}\n',
  );
  expect(printYaml({ b: 1, a: { d: 1, c: 2 } }, { sorted: true })).toBe('a:\n  c: 2\n  d: 1\nb: 1\n');
  expect(printYaml({ long: 'word '.repeat(100) })).toBe(`long: "${'word '.repeat(100)}"\n`);
});
