import { pins } from '@cluster-forge/toolchain';
import type { ToolReport } from '@cluster-forge/toolchain';
import type { Command, Session } from '../command.ts';
import { table, type Paint } from '../paint.ts';

export const doctor: Command = {
  summary: 'every external program: where it is, or why not',
  description:
    'Each program is looked for in this order: FORGE_TOOL_<NAME>, PATH with exactly the pinned version, the cache of this user, the official download\n(checked by SHA-256), a build from Go modules (checked by go.sum). Ends with 3 when one is missing.',
  options: [
    { name: 'setup', help: 'download or build what is missing' },
    { name: 'bench', help: 'also the programs that only benchmarks need' },
  ],
  examples: [
    { command: 'forge doctor', does: 'look, change nothing' },
    { command: 'forge doctor --setup', does: 'make everything ready, for instance in CI' },
  ],
  async run(input, session) {
    const wanted = (report: ToolReport) => input.has('bench') || !isBenchOnly(report.name);
    if (input.has('setup')) await setUp(session, (name) => input.has('bench') || !isBenchOnly(name));
    const reports = (await session.ctx.tools.inspect(session.ctx)).filter(wanted);
    const missing = reports.filter((report) => report.found === undefined);
    return { data: reports, text: print(reports, session.paint), exit: missing.length === 0 ? 0 : 3 };
  },
};

async function setUp(session: Session, isWanted: (name: string) => boolean): Promise<void> {
  await session.ctx.tools.ensure(pins.map(({ name }) => name).filter(isWanted), session.ctx);
}

function isBenchOnly(name: string): boolean {
  return pins.some((pin) => pin.name === name && pin.kind === 'pinned' && pin.group === 'bench');
}

function print(reports: readonly ToolReport[], paint: Paint): string {
  const rows = reports.map((report) =>
    report.found === undefined
      ? [paint.bad('✘'), report.name, report.wanted, paint.bad('missing')]
      : [paint.good('✔'), report.name, report.found.version, `${report.found.place}  ${paint.dim(report.found.path)}`],
  );
  const refusals = reports
    .filter((report) => report.found === undefined)
    .flatMap((report) => report.refusals.map((refusal) => `  ${report.name}, ${refusal.place}: ${refusal.reason}`));
  return [
    table(rows),
    ...(refusals.length === 0 ? [] : ['', 'Why not:', ...refusals, '', 'forge doctor --setup makes them ready.']),
  ].join('\n');
}
