import { median, meets, type Figure, type Omission } from './figure.ts';

/** Rows for people: ours, then each peer with the ratio ours/peer, then the goal. */
export function printFigure(figure: Figure): string {
  const ours = median(figure.ours);
  const range = `${round(Math.min(...figure.ours))}..${round(Math.max(...figure.ours))}`;
  const verdict = { true: 'met', false: 'MISSED', undefined: 'not comparable here' }[
    String(meets(figure)) as 'true' | 'false' | 'undefined'
  ];
  const goal = figure.goal === undefined ? [] : [`    goal: ${goalText(figure.goal)}: ${verdict}`];
  const peers = figure.peers.map(
    (peer) =>
      `    ${peer.name.padEnd(34)} ${pad(median(peer.values))} ${figure.unit}   ours/this = ${(ours / median(peer.values)).toFixed(2)}`,
  );
  return [
    `  ${figure.name}`,
    `    ${'ours'.padEnd(34)} ${pad(ours)} ${figure.unit}   (${range}, ${figure.ours.length} runs)`,
    ...peers,
    ...goal,
  ].join('\n');
}

export function printOmission(omission: Omission): string {
  return `  ${omission.name}\n    not measured: ${omission.why}`;
}

/** One line for programs. */
export function jsonLine(entry: Figure | Omission): string {
  if (!('ours' in entry)) return JSON.stringify({ ...entry, measured: false });
  const peers = Object.fromEntries(
    entry.peers.map((peer) => [
      peer.name,
      { median: median(peer.values), ratio: median(entry.ours) / median(peer.values) },
    ]),
  );
  return JSON.stringify({
    bench: entry.bench,
    name: entry.name,
    unit: entry.unit,
    ours: median(entry.ours),
    runs: entry.ours,
    peers,
    goal: entry.goal,
    met: meets(entry),
  });
}

function goalText(goal: NonNullable<Figure['goal']>): string {
  return goal.kind === 'at most' ? `<= ${goal.value}` : `<= ${goal.value} x ${goal.peer}`;
}

function pad(value: number): string {
  return round(value).padStart(9);
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 3);
}
