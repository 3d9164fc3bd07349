import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorFactory } from '../../packages/base/src/error.ts';

/** Page of every documented error, found in the `errors.ts` files: no list to keep. */
export async function errorReference(root: string): Promise<string> {
  const files = globSync('packages/*/src/**/errors.ts', { cwd: root }).sort();
  const sections = await Promise.all(files.map(async (file) => section(file, await entriesOf(join(root, file)))));
  return `# Errors\n\nGenerated from the \`errors.ts\` files by \`npm run generate\`. Exit: 1 an operation failed, 2 the request was wrong, 3 the input has problems.\n\n${sections.filter((text) => text !== '').join('\n')}`;
}

async function entriesOf(file: string): Promise<readonly ErrorFactory[]> {
  const module: unknown = await import(file);
  return catalogues(module).flatMap((value) => Object.values(value).filter(isFactory));
}

function catalogues(module: unknown): readonly object[] {
  return Object.values(module ?? {}).filter((value) => typeof value === 'object' && value !== null);
}

function isFactory(value: unknown): value is ErrorFactory {
  return typeof value === 'function' && 'code' in value && 'entry' in value;
}

function section(file: string, entries: readonly ErrorFactory[]): string {
  if (entries.length === 0) return '';
  const place = file
    .replace(/^packages\//, '')
    .replace('/src', '')
    .replace(/\/errors\.ts$/, '');
  const rows = entries
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, entry }) => `| \`${code}\` | ${entry.exit} | ${cell(entry.summary)} |`);
  return `## ${place}\n\n| code | exit | when |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '\\<');
}
