import { describe, expect, it } from 'vitest';
import { all, configMap, deployment, platformOf } from '../../objects/fixture.ts';
import type { Graph } from '../graph.ts';
import { plan } from '../plan.ts';
import { printGraph } from './print-graph.ts';

const { platform, rendered } = platformOf(
  { name: 'db', main: deployment('db') },
  { name: 'cache', main: configMap('"quoted"') },
  {
    name: 'web',
    requires: ['db'],
    main: all(deployment('web', 'volumes: [{name: v, configMap: {name: quoted}}]'), configMap('quoted')),
  },
  { name: 'edge', requires: ['web', 'db'] },
);
const graph = graphOf();

function graphOf(): Graph {
  const result = plan(
    platform,
    rendered.filter(({ component }) => component !== 'cache'),
  );
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

describe('printGraph', () => {
  it('prints waves of components as a table, without needs that follow from others', async () => {
    expect(await printGraph(graph, 'text')).toBe(
      [
        'WAVE  WHAT             WAITS FOR',
        '1     db    1 object',
        '2     web   2 objects  db (web requires component db)',
        '3     edge  0 objects  web (edge requires component web)',
        '',
      ].join('\n'),
    );
  });

  it('prints frames, solid declared arrows and reasons as DOT', async () => {
    const dot = await printGraph(graph, 'dot', { categories: new Map([['db', 'a "quoted" category']]) });
    expect(dot).toContain('label="a \\"quoted\\" category"');
    expect(dot).toContain(
      '"db" -> "web" [label="web requires component db", tooltip="web requires component db", style=solid]',
    );
    expect(dot).not.toContain('"db" -> "edge"');
  });

  it('prints objects with inferred arrows dashed', async () => {
    const dot = await printGraph(graph, 'dot', { level: 'object' });
    expect(dot).toMatch(/"ConfigMap\/app\/quoted" -> "Deployment\.apps\/app\/web" \[.*style=dashed\]/);
    expect(dot).toContain('subgraph cluster_');
  });

  it('prints a picture', async () => {
    const svg = await printGraph(graph, 'svg');
    expect(svg).toContain('<svg');
    expect(svg).toContain('>edge</text>');
  });

  it('prints data', async () => {
    expect(JSON.parse(await printGraph(graph, 'json', { level: 'object' }))).toEqual(graph);
    expect(JSON.parse(await printGraph(graph, 'json'))).toMatchObject({
      boxes: expect.arrayContaining([{ id: 'db', label: 'db', detail: '1 object', wave: 1 }]),
    });
  });
});
