import { ForgeError, type Json } from '@cluster-forge/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGoYaml } from './go-yaml.ts';
import { printYaml } from './print-yaml.ts';

describe('readGoYaml', () => {
  /** Answers of sigs.k8s.io/yaml 1.6; test/kube/differential.lab.test.ts holds the same corpus against a real API server. */
  const scalars: readonly (readonly [string, Json])[] = [
    ['yes', true],
    ['Off', false],
    ['y', true],
    ['N', false],
    ['~', null],
    ['', null],
    ['NULL', null],
    ['nUll', 'nUll'],
    ['010', 8],
    ['0o10', 8],
    ['08', 8],
    ['0x1F', 31],
    ['-0x1f', -31],
    ['0b101', 5],
    ['-0b11', -3],
    ['1_000', 1000],
    ['0755', 493],
    ['1.10', 1.1],
    ['1e3', 1000],
    ['1e400', '1e400'],
    ['.5', 0.5],
    ['.5_0', 0.5],
    ['5.', 5],
    ['+1', 1],
    ['-0', 0],
    ['-0.0', -0],
    ['1:30', '1:30'],
    ['9007199254740993', 9007199254740992],
    ['18446744073709551615', 18446744073709552000],
    ['99999999999999999999', 1e20],
    ['0xFFFFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFFF'],
    ['2001-01-01', '2001-01-01'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['=', '='],
    ['v1.2', 'v1.2'],
    ['1.2.3', '1.2.3'],
    ['"yes"', 'yes'],
    ["'010'", '010'],
    ['!!str 10', '10'],
    ['! 10', '10'],
    ['!!int "10"', 10],
    ['!!float 1', 1],
    ['!own 5', '5'],
    ['!!binary aGk=', 'hi'],
    ['"\\U0001F600 \\N"', '😀 \u0085'],
    ['"a\\\n  b"', 'ab'],
    ['<<', '<<'],
    ['a\u00a0b', 'a\u00a0b'],
    ['- x', ['x']],
  ];
  it.each(scalars)('reads %s', (text, value) => {
    const source = text.startsWith('- ') ? `a:\n${text}\n` : `a: ${text}\n`;
    expect(readGoYaml(source)).toEqual({ a: value });
  });

  const documents: readonly { readonly name: string; readonly text: string; readonly value: Json }[] = [
    {
      name: 'keys that are not text',
      text: '1: a\n010: b\ntrue: c\n1.20: d\n1e7: e\n~x: f\n',
      value: { '1': 'a', '8': 'b', true: 'c', '1.2': 'd', '1e+07': 'e', '~x': 'f' },
    },
    {
      name: 'a closing bracket at the column of its key',
      text: 'a:\n  b: [\n    1,\n  # c\n    "x",\n  ]\n  c: {\n d: 1\n}\n',
      value: { a: { b: [1, 'x'], c: { d: 1 } } },
    },
    {
      name: 'quoted text that continues at column 0',
      text: 'a:\n  b: "x\ny\n\nz"\n  c: |\n    [ "\n  d: [\n1]\n',
      value: { a: { b: 'x y\nz', c: '[ "\n', d: [1] } },
    },
    { name: 'aliases', text: 'a: &a {x: 1}\nb: *a\n', value: { a: { x: 1 }, b: { x: 1 } } },
    {
      name: 'a merge overwrites what stands before it',
      text: 'm: &m {x: 1, z: 1}\na:\n  x: 0\n  <<: *m\n  z: 2\n',
      value: { m: { x: 1, z: 1 }, a: { x: 1, z: 2 } },
    },
    {
      name: 'a merge of several maps, the first wins',
      text: 'a:\n  <<: [{x: 1}, {x: 2, z: 2}]\n',
      value: { a: { x: 1, z: 2 } },
    },
    { name: 'a quoted << is a key', text: '"<<": {x: 1}\n', value: { '<<': { x: 1 } } },
    { name: 'the last of equal keys', text: 'a: 1\na: 2\n', value: { a: 2 } },
    {
      name: 'block scalars',
      text: 'a: |2-\n   x\n  y\nb: >+\n  x\n  y\n\nc: >-\n  x\n\n  y\n',
      value: { a: ' x\ny', b: 'x y\n\n', c: 'x\ny' },
    },
    { name: 'NEL as a line break', text: 'a: 1\u0085b: 2\n', value: { a: 1, b: 2 } },
    { name: 'nothing', text: '# words\n', value: null },
  ];
  it.each(documents)('reads $name', ({ text, value }) => {
    expect(readGoYaml(text)).toEqual(value);
  });

  it('keeps __proto__ plain data', () => {
    const value = readGoYaml('__proto__: {polluted: true}\n');
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['a: .inf', /\.inf/],
    ['a: "\\ud83d\\ude00"', /surrogate/],
    ['? [a]\n: b', /scalar/],
    ['~: a', /null/],
    ['18446744073709551615: a', /large/],
    ['a: "x\\/y"', /escape/],
    ['a: *x', /no such anchor/],
    ['a: &a [*a]', /contains itself/],
    ['a: !!int x', /not a !!int/],
    ['a: 1\n---\nb: 2', /more than one/],
    ['a: "x\u2028y"', /separator/],
    ['<<: 1', /merge/],
    ['a: b: c', /not valid YAML/],
    ['a: !!binary _', /binary/],
  ];
  it.each(refused)('refuses %j', (text, what) => {
    expect(() => readGoYaml(text, { file: 'f.yaml' })).toThrow(
      expect.objectContaining({ code: 'E_MANIFEST_YAML', message: expect.stringMatching(what) }),
    );
  });

  it('refuses equal keys when strict', () => {
    expect(() => readGoYaml('a: 1\nb: 2\na: 3\n', { strict: true })).toThrow(/"a" is given twice/);
  });

  it('names the place', () => {
    const thrown = fc.sample(fc.constant(null), 1).map(() => {
      try {
        return readGoYaml('a: 1\nb: .nan\n', { file: 'f.yaml', line: 10 });
      } catch (error) {
        return error instanceof ForgeError ? error.problem.where : error;
      }
    });
    expect(thrown).toEqual([{ file: 'f.yaml', line: 11, column: 4 }]);
  });
});

describe('printYaml', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...Array.from('ab01 :#-\n\t"\'\\{}[]|>&*!%@`,?=~.+_')), maxLength: 12 }),
    fc.constantFrom(
      'yes',
      'no',
      '010',
      '0o7',
      '1e3',
      '1_0',
      '.inf',
      '=',
      '<<',
      '~',
      'null',
      '2001-01-01',
      '\ufeff',
      'a\u0085b',
      'x\n',
      '\n',
      ' x\ny',
      'x \ny',
      '😀',
      '1:30',
      'k'.repeat(1100),
    ),
  );
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  it('prints what reads back to the same value', () => {
    fc.assert(
      fc.property(value, (sample) => {
        expect(readGoYaml(printYaml(sample))).toEqual(sample);
      }),
      { numRuns: 1500 },
    );
  });

  it('prints as people write', () => {
    const object = {
      kind: 'X',
      empty: {},
      none: [],
      list: [{ a: 1, b: ['x', 'y'] }, 'z', [1]],
      text: 'one\n\n  two\n',
      mode: '0755',
      on: 'true',
      url: 'http://x/y?z=1',
    };
    expect(printYaml(object)).toBe(
      'kind: X\nempty: {}\nnone: []\nlist:\n- a: 1\n  b:\n  - x\n  - "y"\n- z\n- - 1\ntext: |\n  one\n\n    two\nmode: "0755"\n"on": "true"\nurl: "http://x/y?z=1"\n',
    );
  });

  it('refuses what YAML for Kubernetes cannot hold', () => {
    expect(() => printYaml({ a: Number.NaN })).toThrow(expect.objectContaining({ code: 'E_MANIFEST_VALUE' }));
  });
});
