/** `npm run generate`: writes every generated file; with `--check` it only compares and ends with 1 when one is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonSchemas } from '../packages/forge/src/config/json-schema.ts';
import { commandReference } from './generate/command-reference.ts';
import { errorReference } from './generate/error-reference.ts';
import { stackPicture } from './generate/stack-picture.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...jsonSchemas()].map(([name, text]) => [`schemas/${name}`, text])),
  'docs/reference/errors.md': await errorReference(root),
  'docs/reference/commands.md': await commandReference(),
  'docs/images/airm-local.svg': await stackPicture(root, 'airm-local'),
};

const stale = Object.entries(files).filter(([file, text]) => contentOf(join(root, file)) !== text);
if (isCheck) {
  for (const [file] of stale) console.log(`${file} is stale: run npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [file, text] of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    console.log(`wrote ${file}`);
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
