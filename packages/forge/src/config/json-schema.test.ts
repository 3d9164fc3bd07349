import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { jsonSchemas } from './json-schema.ts';

test.each([...jsonSchemas()])('schemas/%s is what the code says (npm run generate)', async (file, content) => {
  expect(await readFile(new URL(`../../../../schemas/${file}`, import.meta.url), 'utf8')).toBe(content);
});
