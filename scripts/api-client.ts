import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { isObject, type Json, type JsonObject } from '@cluster-forge/base';
import { parseYaml } from '@cluster-forge/base/yaml/yaml';

/** Sends one request; bodies go as they are. */
export type ApiCall = (
  method: string,
  path: string,
  body?: string,
) => Promise<{ readonly status: number; readonly body: string }>;

/** The barest client of an API server, for scripts and tests that must not lean on what they check. Needs client certificates, as labs have. */
export function apiClient(kubeconfig: string): ApiCall {
  const config: Json = parseYaml(readFileSync(kubeconfig, 'utf8'), kubeconfig).documents[0]?.value ?? null;
  const cluster = first(config, 'clusters', 'cluster');
  const user = first(config, 'users', 'user');
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: bytes(cluster, 'certificate-authority'),
    cert: bytes(user, 'client-certificate'),
    key: bytes(user, 'client-key'),
  });
  const server = text(cluster, 'server');
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/apply-patch+yaml' };
      const call = request(`${server}${path}`, { method, agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      call.on('error', reject);
      call.end(body);
    });
}

function first(config: Json, list: string, field: string): JsonObject {
  const entries = isObject(config) ? config[list] : undefined;
  const entry: Json | undefined = Array.isArray(entries) ? entries[0] : undefined;
  const value = isObject(entry) ? entry[field] : undefined;
  if (!isObject(value)) throw new Error(`the kubeconfig has no ${list}[0].${field}`);
  return value;
}

function bytes(holder: JsonObject, field: string): Buffer {
  const inline = holder[`${field}-data`];
  return typeof inline === 'string' ? Buffer.from(inline, 'base64') : readFileSync(text(holder, field));
}

function text(holder: Json, field: string): string {
  const value = isObject(holder) ? holder[field] : undefined;
  if (typeof value !== 'string') throw new Error(`${field} is missing`);
  return value;
}
