import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { ForgeError } from '../error.ts';
import { compileCel, createCel, type Scope } from './cel.ts';

function problemOf(work: () => unknown): ForgeError {
  try {
    work();
  } catch (error) {
    if (error instanceof ForgeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const pod = {
  object: {
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], ready: 3 },
    spec: { replicas: 3 },
  },
};

describe('evaluate', () => {
  const table: readonly (readonly [expression: string, scope: Scope, result: Json])[] = [
    ['a + 1', { a: 1 }, 2],
    ['a / b', { a: 7, b: 2 }, 3],
    ['a % 2 == 1', { a: 7 }, true],
    ['a * 2', { a: 1.5 }, 3],
    ['a + 0.5', { a: 1 }, 1.5],
    ['l[i]', { l: ['x', 'y'], i: 1 }, 'y'],
    ['a.substring(0, n)', { a: 'hello', n: 2 }, 'he'],
    ['1u', {}, 1],
    ['{"a": x, "b": [1, "t", null]}', { x: { y: [1, 2.5] } }, { a: { y: [1, 2.5] }, b: [1, 't', null] }],
    ['object.status.conditions.exists(c, c.type == "Ready" && c.status == "True")', pod, true],
    ['object.status.ready == object.spec.replicas', pod, true],
    ['has(object.status.missing)', pod, false],
    ['object.?status.?missing.?deep.orValue(7)', pod, 7],
    ['[1, 2, 3].map(x, x * 2).filter(x, x > 2)', {}, [4, 6]],
    ['[1, 2].all(x, x > 0) && [1, 2].exists_one(x, x == 2)', {}, true],
    ['cel.bind(x, a + 1, x * x)', { a: 2 }, 9],
    ['labels.map(k, k)', { labels: { b: 1, a: 2 } }, ['b', 'a']],
    ['"x" in object.status', pod, false],
    ['m == {"a": 1}', { m: { a: 1 } }, true],
    ['a == 1.0', { a: 1 }, true],
    ['timestamp("2024-01-01T00:00:00Z")', {}, '2024-01-01T00:00:00.000Z'],
    ['duration("90s") > duration("1m")', {}, true],
    ['"a.b.c".replace(".", "-") + "xax".replace("x", "y", 1)', {}, 'a-b-cyax'],
    ['"v1.2".find("[0-9]+") + "1 22".findAll("[0-9]+").join("/")', {}, '11/22'],
    ['[3, 1, 2].sort() + [[1], [2]].flatten() + [1, 1].distinct()', {}, [1, 2, 3, 1, 2, 1]],
    ['[l.sum(), l.min(), l.max()]', { l: [1, 2, 3.5] }, [6.5, 1, 3.5]],
    ['base64.encode("hi") + string(base64.decode("aGk="))', {}, 'aGk=hi'],
    ['quantity("1Gi").isGreaterThan(quantity("1G"))', {}, true],
    ['quantity("500m").add(quantity("1.5")).asInteger()', {}, 2],
    ['isQuantity("2Gb")', {}, false],
    ['components["cert-manager"].namespace', { components: { 'cert-manager': { namespace: 'tls' } } }, 'tls'],
    ['a.__proto__ == 1 || true', { a: {} }, true],
  ];
  test.each(table)('%s', (expression, scope, result) => {
    expect(compileCel(expression).evaluate(scope)).toEqual(result);
  });

  test('data survives the way in and out, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // -0 is 0 in JSON text.
        const plain: Json = JSON.parse(JSON.stringify(value));
        expect(compileCel('{"held": x}').evaluate({ x: plain })).toEqual({ held: plain });
      }),
    );
  });

  test('whole numbers calculate as in CEL', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (a, b) => {
        expect(compileCel('a / b * b + a % b').evaluate({ a, b })).toBe(a);
      }),
    );
  });
});

describe('errors', () => {
  interface Bad {
    readonly code: 'E_CEL_SYNTAX' | 'E_CEL_EVALUATE';
    readonly what: RegExp;
    readonly fix: RegExp;
    readonly column: number;
  }
  const syntax = (what: RegExp, fix: RegExp, column: number): Bad => ({ code: 'E_CEL_SYNTAX', what, fix, column });
  const evaluate = (what: RegExp, fix: RegExp, column: number): Bad => ({ code: 'E_CEL_EVALUATE', what, fix, column });
  const table: readonly (readonly [expression: string, scope: Scope, bad: Bad])[] = [
    ['1 +', {}, syntax(/unexpected token/, /CEL language/, 4)],
    ['"abc', {}, syntax(/unterminated string/, /CEL language/, 1)],
    ['namespace', {}, syntax(/reserved/, /a\.namespace/, 1)],
    ['a.exist(c, c)', {}, syntax(/no matching overload/, /./, 1)],
    ['"a" + 1', {}, syntax(/no such overload/, /./, 1)],
    ['params.stage', { params: { storage: 1, stages: 2 } }, evaluate(/no such key: stage/, /did you mean "stages"/, 8)],
    ['parms.size', { params: {} }, evaluate(/unknown variable: parms/i, /did you mean "params"/, 1)],
    ['a.cert-manager', { a: { 'cert-manager': 1 } }, evaluate(/no such key: cert/, /\["cert-manager"\]/, 3)],
    ['a + "x"', { a: 1 }, evaluate(/no such overload/, /string\(\)/, 1)],
    ['true &&\n a.b', { a: {} }, evaluate(/no such key: b/, /has\(\)/, 4)],
    ['9007199254740993', {}, evaluate(/too large/, /JSON/, 1)],
    ['quantity("lots")', {}, evaluate(/"lots" is not a quantity/, /./, 1)],
    ['a.b', { a: undefined }, evaluate(/unknown variable: a/i, /no variables/, 1)],
  ];
  test.each(table)('%s', (expression, scope, { code, what, fix, column }) => {
    const error = problemOf(() => compileCel(expression).evaluate(scope));
    expect(error.code).toBe(code);
    expect(error.problem.what).toMatch(what);
    expect(error.problem.what).toContain(expression);
    expect(error.problem.fix).toMatch(fix);
    expect(error.problem.where?.column).toBe(column);
  });

  test('positions start where the expression starts', () => {
    const where = { file: 'rules.yaml', line: 10, column: 5 };
    expect(problemOf(() => compileCel('1 +', { where })).problem.where).toEqual({
      file: 'rules.yaml',
      line: 10,
      column: 8,
    });
    expect(problemOf(() => compileCel('a &&\n)', { where })).problem.where).toEqual({
      file: 'rules.yaml',
      line: 11,
      column: 1,
    });
  });

  test('a condition must be true or false', () => {
    expect(compileCel('a > 1').test({ a: 2 })).toBe(true);
    expect(problemOf(() => compileCel('a').test({ a: 2 })).problem.what).toContain('gives 2, not true or false');
  });
});

describe('what an expression reads', () => {
  const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['a.b.c + d', ['a', 'd'], ['a.b.c', 'd']],
    ['a["x-y"].z', ['a'], ['a.x-y.z']],
    ['a[b.c].d', ['a', 'b'], ['a', 'b.c']],
    ['items.exists(c, c.x == limit)', ['items', 'limit'], ['items', 'limit']],
    ['cel.bind(x, a.b, x + y)', ['a', 'y'], ['a.b', 'y']],
    ['has(a.b.c) ? type(1) == int : !optional.none().hasValue()', ['a'], ['a.b.c']],
    ['{"k": v, w: [z]}', ['v', 'w', 'z'], ['v', 'w', 'z']],
    ['c.exists(c, c)', ['c'], ['c']],
  ];
  test.each(table)('%s', (expression, roots, reads) => {
    const program = compileCel(expression);
    expect(program.roots).toEqual(roots);
    expect(program.reads.map(({ root, path }) => [root, ...path].join('.')).sort()).toEqual([...reads].sort());
  });
});

test('createCel parses each text once', () => {
  const cel = createCel();
  expect(cel.compile('a + 1')).toBe(cel.compile('a + 1'));
  expect(cel.compile('a + 1', { where: { line: 3 } })).not.toBe(cel.compile('a + 1'));
});
