/** `npm run check`: format, lint, types, dead code, generated files and unit tests, side by side; each failure is printed whole. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules/.bin', name);

const steps: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format', command: [bin('oxfmt'), '--check'] },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'types', command: [bin('tsc'), '-p', '.'] },
  { name: 'dead code', command: [bin('knip'), '--no-progress'] },
  { name: 'generated', command: [process.execPath, join(root, 'scripts/generate.ts'), '--check'] },
  { name: 'unit tests', command: [bin('vitest'), 'run', '--project', 'unit', '--reporter=dot'] },
];

const results = await Promise.all(steps.map(async (step) => ({ step, ...(await run(step.command)) })));
for (const { step, code, output, seconds } of results) {
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name} (${seconds.toFixed(1)} s)`);
  if (code !== 0) console.log(output);
}
process.exitCode = results.every((result) => result.code === 0) ? 0 : 1;

async function run(
  command: readonly string[],
): Promise<{ readonly code: number; readonly output: string; readonly seconds: number }> {
  const [program = '', ...args] = command;
  const started = performance.now();
  const child = spawn(program, args, { cwd: root, env: { ...process.env, FORCE_COLOR: '0' } });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      chunks.push(Buffer.from(error.message));
      resolve(1);
    });
    child.on('close', (status) => resolve(status ?? 1));
  });
  return { code, output: Buffer.concat(chunks).toString(), seconds: (performance.now() - started) / 1000 };
}
