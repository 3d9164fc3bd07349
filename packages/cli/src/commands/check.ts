import { prepare } from '@cluster-forge/forge/line';
import type { Diagnostic } from '@cluster-forge/base';
import type { Command } from '../command.ts';
import { kubeVersionOption, lineRequest, mineOptions, platformOptions } from '../platform-options.ts';
import { printDiagnostic } from '../print/problem.ts';

export const check: Command = {
  summary: 'find problems before a cluster does',
  description:
    'Checks every rendered object without a cluster: schemas of built-in kinds and of the CRDs in the set, references that lead nowhere,\nidentities made twice, expressions left over, weak secrets and more. Everything wrong is told at once. Ends with 3 when there are errors.',
  options: [...platformOptions, ...mineOptions, kubeVersionOption, { name: 'strict', help: 'warnings end with 3 too' }],
  examples: [
    { command: 'forge check', does: 'platform.yaml of this folder' },
    { command: 'forge check --stack airm-local -o json', does: 'findings as data' },
  ],
  async run(input, session) {
    const { findings, rendered } = await prepare(lineRequest(input, session), session.ctx);
    const count = (severity: Diagnostic['severity']) =>
      findings.filter((finding) => finding.severity === severity).length;
    const objects = rendered.reduce((sum, one) => sum + one.objects.length, 0);
    const summary = `${objects} objects of ${rendered.length} components: ${count('error')} errors, ${count('warning')} warnings`;
    const refused = count('error') > 0 || (input.has('strict') && count('warning') > 0);
    return {
      data: { objects, findings },
      text: [...findings.map((finding) => printDiagnostic(finding, session.paint)), summary].join('\n'),
      exit: refused ? 3 : 0,
    };
  },
};
