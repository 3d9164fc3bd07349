import type { View } from './view.ts';

/** Waves as a table: what may begin once all before it is done, and what each box waits for. */
export function printText(view: View): string {
  const arrows = Map.groupBy(view.arrows, ({ to }) => to);
  const labels = new Map(view.boxes.map(({ id, label }) => [id, label]));
  const boxes = [...view.boxes].sort((a, b) => a.wave - b.wave || compare(a.label, b.label));
  const rows = boxes.map((box, index) => {
    const needs = (arrows.get(box.id) ?? [])
      .map(({ from, reasons }) => `${labels.get(from)} (${shorten(reasons)})`)
      .sort(compare);
    return [
      boxes[index - 1]?.wave === box.wave ? '' : String(box.wave),
      box.label,
      box.detail ?? box.cluster ?? '',
      needs.join('; '),
    ];
  });
  return table([['WAVE', 'WHAT', '', 'WAITS FOR'], ...rows]);
}

function shorten(reasons: readonly string[]): string {
  const [first = '', ...rest] = reasons;
  return rest.length === 0 ? first : `${first}, and ${rest.length} more`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
