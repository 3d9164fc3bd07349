import type { Arrow, Box, View } from './view.ts';

/** With more arrows than this, reasons are tooltips only: labels would cover the picture. */
const MAX_LABELS = 25;

/** Graphviz text: boxes in frames, declared arrows solid, inferred ones dashed, reasons as tooltips and, in small graphs, as labels. */
export function printDot({ boxes, arrows }: View): string {
  const frames = Map.groupBy(boxes, ({ cluster }) => cluster);
  const body = [...frames].flatMap(([cluster, members], index) =>
    cluster === undefined ? members.map(boxLine) : frame(cluster, members, index),
  );
  const labelled = arrows.length <= MAX_LABELS;
  return [
    'digraph platform {',
    '  rankdir=LR',
    '  graph [fontname="Helvetica", style="rounded", color="#c0c4cc", nodesep=0.25, ranksep=0.6]',
    '  node [fontname="Helvetica", fontsize=11, shape=box, style="rounded,filled", fillcolor="#f4f6fb", color="#4a5a7a"]',
    '  edge [fontname="Helvetica", fontsize=8, color="#4a5a7a"]',
    ...body,
    ...arrows.map((arrow) => arrowLine(arrow, labelled)),
    '}',
    '',
  ].join('\n');
}

function frame(cluster: string, members: readonly Box[], index: number): readonly string[] {
  return [
    `  subgraph cluster_${index} {`,
    `    label=${quote(cluster)}`,
    ...members.map((box) => `  ${boxLine(box)}`),
    '  }',
  ];
}

function boxLine({ id, label, detail }: Box): string {
  return `  ${quote(id)} [label=${quote(detail === undefined ? label : `${label}\n${detail}`)}]`;
}

function arrowLine({ from, to, reasons, declared }: Arrow, labelled: boolean): string {
  const label = labelled ? `label=${quote(reasons.slice(0, 2).join('\n'))}, ` : '';
  return `  ${quote(from)} -> ${quote(to)} [${label}tooltip=${quote(reasons.join('\n'))}, style=${declared ? 'solid' : 'dashed'}]`;
}

/** A quoted DOT string; line breaks become the escape that Graphviz centres. */
function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
