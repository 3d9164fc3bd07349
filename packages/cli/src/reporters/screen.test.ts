import { expect, test } from 'vitest';
import { createScreen } from './screen.ts';

function terminal(columns: number, rows: number) {
  const written: string[] = [];
  return { columns, rows, written, write: (text: string) => void written.push(text) };
}

const up = (rows: number) => `\u001b[${rows}A\r\u001b[J`;

test('on a terminal the next text replaces the last one, wrapped lines included', () => {
  const sink = terminal(10, 20);
  const show = createScreen(sink, true);
  show('one\n123456789012');
  show('two');
  show('three');
  expect(sink.written).toEqual(['one\n123456789012\n', `${up(3)}two\n`, `${up(1)}three\n`]);
});

test('colour codes take no room', () => {
  const sink = terminal(10, 20);
  const show = createScreen(sink, true);
  show('\u001b[32m1234567890\u001b[39m');
  show('two');
  expect(sink.written[1]).toBe(`${up(1)}two\n`);
});

test('what does not fit on the terminal is counted', () => {
  const sink = terminal(10, 4);
  const show = createScreen(sink, true);
  show('a\nb\nc\nd\ne');
  show('f');
  expect(sink.written).toEqual(['a\nb\n… and 3 more lines\n', `${up(4)}f\n`]);
});

test('elsewhere only what is new is printed, and nothing is drawn over', () => {
  const sink = terminal(10, 4);
  const show = createScreen(sink, false);
  for (const text of ['a\nb\nc\nd\ne', 'a\nb\nc\nd\ne', 'f']) show(text);
  expect(sink.written).toEqual(['a\nb\nc\nd\ne\n', 'f\n']);
});
