import { relative } from 'node:path';
import { loadToSmelt } from '@cluster-forge/forge/line';
import { printObject } from '@cluster-forge/kube';
import { done, type Command } from '../command.ts';
import { table } from '../paint.ts';
import { kubeVersionOption, lineRequest, mineOptions, platformOptions } from '../platform-options.ts';

export const smelt: Command = {
  summary: 'render everything into working/',
  description:
    'Mines, then renders every component with the real helm and kustomize, splits the output, injects namespaces and writes one file an object\nto working/<component>/. What did not change is not rendered again.',
  options: [...platformOptions, ...mineOptions, kubeVersionOption],
  examples: [
    { command: 'forge smelt', does: 'render platform.yaml of this folder' },
    {
      command: 'forge smelt --stack airm-local --set params.size=large',
      does: 'a stack as it would be with other params',
    },
  ],
  async run(input, session) {
    const { platform, rendered } = await loadToSmelt(lineRequest(input, session), session.ctx);
    const data = rendered.map(({ component, fingerprint, objects, withheld, cached }) => ({
      component,
      fingerprint,
      cached,
      objects: objects.map(({ manifest, phase, file }) => ({ ...manifest.id, phase, file })),
      withheld: withheld.map(({ manifest, reason }) => ({ object: printObject(manifest.id), reason })),
    }));
    const rows = data.map((one) => [
      one.component,
      String(one.objects.length),
      String(one.withheld.length),
      one.cached ? 'unchanged' : 'rendered',
    ]);
    const where = relative(session.workplace.cwd, platform.directory);
    return done(
      data,
      `${table([['COMPONENT', 'OBJECTS', 'WITHHELD', ''], ...rows])}\nwritten to ${where === '' ? '' : `${where}/`}working/`,
    );
  },
};
