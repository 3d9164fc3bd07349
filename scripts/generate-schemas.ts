/**
 * Writes the schemas and scopes of the built-in kinds from a running API server:
 * `node scripts/generate-schemas.ts KUBECONFIG`, with a cluster of the newest supported version and no CRDs.
 * The kubeconfig must hold client certificates, as a lab's does.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json } from '@cluster-forge/base';
import { apiClient } from './api-client.ts';
import { compactDefinitions, kindsOf, type OpenApiDocument } from './openapi.ts';

const target = join(import.meta.dirname, '../packages/kube/src/schema/generated');

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node scripts/generate-schemas.ts KUBECONFIG');
  process.exit(2);
}
await generate(file);

async function generate(kubeconfig: string): Promise<void> {
  const call = apiClient(kubeconfig);
  const get = async (path: string): Promise<Json> => {
    const { status, body } = await call('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${body.slice(0, 200)}`);
    // JSON.parse gives plain data.
    return JSON.parse(body) as Json;
  };
  const version = text(await get('/version'), 'gitVersion');
  const root = await get('/openapi/v3');
  const paths = Object.keys(isObject(root) && isObject(root['paths']) ? root['paths'] : {});
  const served = paths.filter((path) => /^(?:api\/v1|apis\/[^/]+\/[^/]+)$/.test(path)).sort();
  const documents: OpenApiDocument[] = [];
  // The API server's OpenAPI documents have this shape: https://spec.openapis.org/oas/v3.0.0
  for (const path of served) documents.push((await get(`/openapi/v3/${path}`)) as unknown as OpenApiDocument);

  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const kinds = kindsOf(documents);
  write('kinds', { version, kinds });
  for (const [name, definitions] of compactDefinitions(documents, kinds)) write(name, definitions);
  console.error(`${documents.length} API versions of ${version} written to ${target}`);
}

function write(name: string, value: Json): void {
  writeFileSync(join(target, `${name}.json`), `${JSON.stringify(value)}\n`);
}

function text(holder: Json, field: string): string {
  const value = isObject(holder) ? holder[field] : undefined;
  if (typeof value !== 'string') throw new Error(`${field} is missing`);
  return value;
}
