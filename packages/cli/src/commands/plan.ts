import { prepare } from '@cluster-forge/forge/line';
import { done, type Command } from '../command.ts';
import { table } from '../paint.ts';
import { kubeVersionOption, lineRequest, mineOptions, platformOptions } from '../platform-options.ts';

export const plan: Command = {
  summary: 'what a deploy would do, in which order',
  options: [...platformOptions, ...mineOptions, kubeVersionOption],
  examples: [
    { command: 'forge plan', does: 'components in order, with their objects and needs' },
    { command: 'forge plan -o json | jq .graphDigest', does: 'equal digests deploy the same' },
  ],
  async run(input, session) {
    const { release, findings } = await prepare(lineRequest(input, session), session.ctx);
    const { platform, graph } = release;
    const level = new Map(graph.waves.flatMap((wave, at) => wave.map((id) => [id, at] as const)));
    const rows = platform.components
      .map((component) => ({
        component: component.name,
        level: level.get(`component/${component.name}/ready`) ?? 0,
        objects: release.rendered.find((one) => one.component === component.name)?.objects.length ?? 0,
        secrets: component.secrets.length,
        needs: component.requires.map((need) => need.component),
      }))
      .sort((a, b) => a.level - b.level || (a.component < b.component ? -1 : 1));
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    const text = [
      table([
        ['COMPONENT', 'OBJECTS', 'SECRETS', 'NEEDS'],
        ...rows.map((row) => [row.component, String(row.objects), String(row.secrets), row.needs.join(', ')]),
      ]),
      `${graph.nodes.length} nodes, ${graph.edges.length} edges; release ${release.graphDigest.slice(0, 19)}`,
      ...(errors === 0 ? [] : [`${errors} errors: forge check tells them; a deploy would refuse`]),
    ].join('\n');
    return done(
      { platform: platform.name, graphDigest: release.graphDigest, lockDigest: release.lockDigest, components: rows },
      text,
    );
  },
};
