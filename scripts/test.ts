/**
 * `npm test`: sets up the toolchain, runs every vitest project, names what was skipped, and prints `N passed, N failed` last.
 * Arguments are handed to vitest, for instance `npm test -- --project unit packages/base`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totalsOf, type VitestReport } from './test-report.ts';

const root = join(import.meta.dirname, '..');
const extra = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'forge-test-'));
const report = join(folder, 'report.json');

try {
  const setUp = run(process.execPath, [join(root, 'packages/cli/bin/forge.mjs'), 'doctor', '--setup']);
  if (setUp !== 0) console.error('The toolchain is not complete; tests that need it will fail.');
  run(process.execPath, [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...extra,
  ]);
  const totals = totalsOf(readReport());
  for (const line of totals.skipped) console.log(`skipped: ${line}`);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command: string, args: readonly string[]): number {
  return spawnSync(command, [...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

function readReport(): VitestReport | undefined {
  try {
    // Vitest writes this file itself; its shape is the part of Jest's JSON report named in VitestReport.
    return JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  } catch {
    return undefined;
  }
}
