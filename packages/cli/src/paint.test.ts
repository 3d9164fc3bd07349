import { describe, expect, test } from 'vitest';
import { bytes, createPaint, cut, duration, oneLine, table, wantsColour, widthOf } from './paint.ts';

describe('colour is wanted', () => {
  test.each([
    ['on a terminal', { isTTY: true }, {}, true],
    ['not in a pipe', {}, {}, false],
    ['not with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR does not count', { isTTY: true }, { NO_COLOR: '' }, true],
    ['in a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
    ['NO_COLOR beats FORCE_COLOR', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['not on a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
  ] as const)('%s', (_, stream, env, expected) => {
    expect(wantsColour(stream, env)).toBe(expected);
  });
});

test('foreign text cannot move the cursor, colour the screen or start a line', () => {
  expect(oneLine('a\u001b[31mred\u001b[0m\r\nb\u0007\tc')).toBe('ared b c');
  expect(oneLine('\u001b]0;title\u0007text')).not.toContain('\u001b');
  expect(oneLine('x\u0000y\u009fz')).toBe('xyz');
});

test.each([
  [400, '0.4 s'],
  [12_400, '12 s'],
  [185_000, '3 m 05 s'],
])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [4_200_000, '4.2 MB'],
])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text));

test('cut keeps the width and whole characters', () => {
  expect(cut('abcdef', 4)).toBe('abc…');
  expect(widthOf(cut('🙂🙂🙂🙂', 3))).toBe(3);
});

test('a table aligns painted and plain cells alike', () => {
  const paint = createPaint(true);
  const [first = '', second = ''] = table([
    [paint.good('a'), 'x'],
    ['long', 'y'],
  ]).split('\n');
  expect(widthOf(first)).toBe(widthOf(second));
});
