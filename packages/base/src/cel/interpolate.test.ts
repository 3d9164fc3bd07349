import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { createCel } from './cel.ts';
import { findExpressions } from './find-expressions.ts';
import { printPath } from '../path.ts';
import { expressionsIn, interpolate } from './interpolate.ts';

const scope = { params: { domain: 'ai.example', replicas: 3, gpu: { vendor: 'amd' }, hosts: ['a', 'b'], none: null } };

describe('values', () => {
  const table: readonly (readonly [value: Json, result: Json])[] = [
    ['${{ params.replicas }}', 3],
    ['${{params.gpu}}', { vendor: 'amd' }],
    ['https://auth.${{ params.domain }}/x', 'https://auth.ai.example/x'],
    ['${{ params.replicas }}${{ params.replicas }}', '33'],
    ['n=${{ params.replicas > 2 }}', 'n=true'],
    ['${{ {"a": {"b": "}}"}} }}', { a: { b: '}}' } }],
    [`\${{ 'it\\'s }} here' }}`, "it's }} here"],
    ['${{ r"\\d" + "}}" }}', '\\d}}'],
    ['${{ """a"}}b""" }}', 'a"}}b'],
    ['${{ "${{" }} stays', '${{ stays'],
    ['{{ .Values.x }} ${HOME} $(name) $ { }}', '{{ .Values.x }} ${HOME} $(name) $ { }}'],
    [
      { '${{ params.domain }}/tls': [1, true, null, '${{ params.hosts }}'] },
      { 'ai.example/tls': [1, true, null, ['a', 'b']] },
    ],
    ['', ''],
  ];
  test.each(table)('%j', (value, result) => {
    expect(interpolate(value, scope, { cel: createCel() })).toEqual({ ok: true, value: result, warnings: [] });
  });

  test('text without expressions never changes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: Json = JSON.parse(JSON.stringify(value).replaceAll('${{', ''));
        expect(interpolate(plain, {})).toEqual({ ok: true, value: plain, warnings: [] });
      }),
    );
  });

  test('segments put together are the text', () => {
    const part = fc.constantFrom('${{', '}}', '"', "'", '{', '}', ' ', 'a', '$', '\\', 'r"');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const { segments } = findExpressions(text);
        const texts = segments.filter((segment) => segment.kind === 'text').map((segment) => segment.text);
        const expressions = segments.filter((segment) => segment.kind === 'expression');
        expect(expressions.every(({ source, start }) => text.startsWith(source, start))).toBe(true);
        expect(texts.join('').length).toBeLessThanOrEqual(text.length);
        expect(texts.join('') === text).toBe(expressions.length === 0);
      }),
    );
  });
});

test('all problems at once, each with its path', () => {
  const result = interpolate(
    {
      a: '${{ params.domian }}',
      list: [{ b: 'x ${{ params.gpu }}' }, '${{ 1 +', '${{ 1 + }}'],
      'c.d': 'n ${{ params.none }}',
    },
    scope,
    { where: (path) => ({ file: 'p.yaml', line: path.length }) },
  );
  const found = result.ok
    ? []
    : result.failure.map(({ code, where, fix }) => [code, where?.path, where?.file, fix !== undefined]);
  expect(found).toEqual([
    ['E_CEL_EVALUATE', 'a', 'p.yaml', true],
    ['E_EXPRESSION_TEXT', 'list[0].b', 'p.yaml', true],
    ['E_EXPRESSION_OPEN', 'list[1]', 'p.yaml', true],
    ['E_CEL_SYNTAX', 'list[2]', 'p.yaml', true],
    ['E_EXPRESSION_TEXT', '["c.d"]', 'p.yaml', true],
  ]);
});

test('a key named __proto__ stays a key', () => {
  const result = interpolate(JSON.parse('{"__proto__": {"polluted": true}}'), {});
  expect(result.ok && Object.keys(result.value ?? {})).toEqual(['__proto__']);
  expect('polluted' in {}).toBe(false);
});

test('expressionsIn finds programs and what they read', () => {
  const found = expressionsIn({ a: 'x ${{ params.b }}', c: ['${{ d }}', '${{ broken + }}'] });
  expect(found.map(({ path, program }) => [printPath(path), program.roots])).toEqual([
    ['a', ['params']],
    ['c[0]', ['d']],
  ]);
});
