import { widthOf } from '../paint.ts';
import type { Sink } from './reporter.ts';

/**
 * Shows one text at a time: drawn over the last one on a terminal, lines that wrap included; elsewhere only what is new is printed. What does not fit
 * on the terminal is counted, because what has scrolled away cannot be drawn over.
 */
export function createScreen(sink: Sink, isLive: boolean): (text: string) => void {
  let last = '';
  let drawn = 0;
  return (text) => {
    const { columns = 80, rows = 24 } = sink;
    const shown = isLive ? fit(text.split('\n'), columns, rows - 1) : text;
    if (shown === last) return;
    const above = isLive && drawn > 0 ? `\u001b[${drawn}A\r\u001b[J` : '';
    last = shown;
    drawn = rowsOf(shown.split('\n'), columns);
    sink.write(`${above}${shown}\n`);
  };
}

function fit(lines: readonly string[], columns: number, room: number): string {
  if (rowsOf(lines, columns) <= room) return lines.join('\n');
  const kept = lines.findLastIndex((_, at) => rowsOf(lines.slice(0, at), columns) < room);
  return [...lines.slice(0, Math.max(1, kept)), `… and ${lines.length - Math.max(1, kept)} more lines`].join('\n');
}

/** Rows of the terminal that lines take once it has wrapped them. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
}
