#!/usr/bin/env node
// Plain JavaScript on purpose: it must run on any Node in order to say which Node is needed, or to go on with the project's own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = [24, 0];
const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${JSON.parse(readFileSync(join(here, '../package.json'), 'utf8')).version}\n`);
} else if (isNew(process.versions.node)) {
  module.enableCompileCache?.();
  const { main } = await import('../src/main.ts');
  await main(args);
} else {
  runOnProjectNode();
}

function isNew(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}

function runOnProjectNode() {
  const own = projectNode(here);
  if (own === undefined) {
    process.stderr.write(
      `forge needs Node ${needed.join('.')} or newer and found ${process.versions.node}.\nRun \`npm ci\` in the checkout: it brings the right Node with it.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawnSync(own, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
  process.exitCode = child.status ?? 1;
}

function projectNode(folder) {
  const candidate = join(folder, 'node_modules/.bin/node');
  if (existsSync(candidate)) return candidate;
  const parent = dirname(folder);
  return parent === folder ? undefined : projectNode(parent);
}
