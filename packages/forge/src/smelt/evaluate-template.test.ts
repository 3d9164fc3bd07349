import { describe, expect, test } from 'vitest';
import { createCel } from '@cluster-forge/base/cel/cel';
import { parseYaml } from '@cluster-forge/base/yaml/yaml';
import { evaluateTemplate } from './evaluate-template.ts';

const scope = {
  params: { size: 'small', domain: 'a.example', ports: [80, 443], none: [] },
  values: { replicas: 3, map: { a: 1 }, evil: 'x\n  injected: true\n' },
};

function evaluate(text: string) {
  const { documents, diagnostics } = parseYaml(text, 't.yaml');
  expect(diagnostics).toEqual([]);
  const [document] = documents;
  if (document === undefined) throw new Error('no document');
  return evaluateTemplate(document, scope, createCel());
}

function values(text: string) {
  const result = evaluate(text);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

describe('evaluateTemplate', () => {
  test.each<[string, string, unknown]>([
    ['types are kept', 'replicas: ${{ values.replicas }}\nmap: ${{ values.map }}', [{ replicas: 3, map: { a: 1 } }]],
    ['text is joined', 'host: www.${{ params.domain }}', [{ host: 'www.a.example' }]],
    ['a value cannot change the structure', 'a: ${{ values.evil }}', [{ a: 'x\n  injected: true\n' }]],
    ['$when drops a document', '$when: params.size == "large"\na: 1', []],
    ['$when keeps a document and disappears', '$when: params.size == "small"\na: 1', [{ a: 1 }]],
    ['$when drops a field', 'a: {$when: "false", b: 1}\nc: 1', [{ c: 1 }]],
    ['$when drops a list item', 'l: [{$when: "false", b: 1}, {c: 1}]', [{ l: [{ c: 1 }] }]],
    ['$when may be plain', '$when: false\na: 1', []],
    [
      '$each repeats an item',
      'l:\n  - first\n  - {$each: {in: params.ports, as: port}, port: "${{ port }}"}',
      [{ l: ['first', { port: 80 }, { port: 443 }] }],
    ],
    [
      '$each repeats a document',
      '$each: {in: params.ports, as: port}\nname: p-${{ string(port) }}',
      [{ name: 'p-80' }, { name: 'p-443' }],
    ],
    ['$each of nothing is nothing', 'l: [{$each: {in: params.none, as: x}, a: 1}]', [{ l: [] }]],
    [
      '$each takes a list as it is',
      'l: [{$each: {in: [a, b], as: x}, n: "${{ x }}"}]',
      [{ l: [{ n: 'a' }, { n: 'b' }] }],
    ],
    [
      '$when beside $each filters',
      'l: [{$each: {in: params.ports, as: p}, $when: p > 100, p: "${{ p }}"}]',
      [{ l: [{ p: 443 }] }],
    ],
    [
      'loops nest',
      'l: [{$each: {in: params.ports, as: p}, k: [{$each: {in: params.ports, as: q}, s: "${{ p + q }}"}]}]',
      [{ l: [{ k: [{ s: 160 }, { s: 523 }] }, { k: [{ s: 523 }, { s: 886 }] }] }],
    ],
    ['keys are evaluated', '${{ params.size }}: 1', [{ small: 1 }]],
    ['foreign templates pass', 'a: "{{ .Values.x }} ${X} $(x)"', [{ a: '{{ .Values.x }} ${X} $(x)' }]],
  ])('%s', (_name, text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  test.each<[string, string, number, number]>([
    ['an unknown value', 'a: 1\nb:\n  c: ${{ values.missing }}', 3, 6],
    ['an unknown variable', 'a: ${{ nothing }}', 1, 4],
    ['broken CEL', 'a: ${{ 1 + }}', 1, 4],
    ['an expression that never ends', 'a: ${{ values.replicas', 1, 4],
    ['$when that is no condition', 'a: {$when: params.size, b: 1}', 1, 12],
    ['$when that is no expression', '$when: [1]\na: 1', 1, 1],
    ['$each in a field', 'a:\n  $each: {in: params.ports, as: p}\n', 2, 3],
    ['$each without a name', 'l: [{$each: {in: params.ports}}]', 1, 6],
    ['$each with a bad name', 'l: [{$each: {in: params.ports, as: a-b}}]', 1, 32],
    ['$each over a map', 'l: [{$each: {in: values.map, as: a}}]', 1, 14],
    ['a misspelt directive', 'a: {$when-not: "true"}', 1, 5],
  ])('%s is an error with its place', (_name, text, line, column) => {
    const result = evaluate(text);
    expect(result).toMatchObject({
      ok: false,
      failure: [{ severity: 'error', where: { file: 't.yaml', line, column } }],
    });
  });

  test('all problems come at once', () => {
    expect(evaluate('a: ${{ x }}\nb: ${{ y }}\nl: [{$each: 1}]')).toMatchObject({ failure: [{}, {}, {}] });
  });
});
