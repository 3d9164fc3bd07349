import type { Graph } from '../graph.ts';
import { componentView } from './component-view.ts';
import { printDot } from './dot.ts';
import { objectView } from './object-view.ts';
import { printText } from './text.ts';

export type GraphFormat = 'text' | 'dot' | 'svg' | 'json';

export interface GraphPrintOptions {
  /** `component` (default): one box for each component. `object`: one for each node. */
  readonly level?: 'component' | 'object';
  /** Category of each component: frames of the component level. */
  readonly categories?: ReadonlyMap<string, string>;
}

/**
 * A graph for people or programs: `text` is a table of waves, `dot` and `svg` a picture, `json` data with a line feed at the end (at the object level the
 * graph itself). Pictures and tables show the fewest edges that keep the order. Graphviz is loaded for `svg` only.
 */
export async function printGraph(graph: Graph, format: GraphFormat, options: GraphPrintOptions = {}): Promise<string> {
  const byObject = options.level === 'object';
  if (format === 'json' && byObject) return json(graph);
  const view = byObject ? objectView(graph) : componentView(graph, options.categories);
  switch (format) {
    case 'text':
      return printText(view);
    case 'json':
      return json(view);
    case 'dot':
      return printDot(view);
    case 'svg':
      return await svg(printDot(view));
    default:
      return format satisfies never;
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

async function svg(dot: string): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  return graphviz.layout(dot, 'svg', 'dot');
}
