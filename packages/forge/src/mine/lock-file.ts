import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ForgeError, failed, ok, type Json, type JsonObject, type Result } from '@cluster-forge/base';
import { writeFileAtomic } from '@cluster-forge/base/files/atomic';
import { parseDigest, type Digest } from '@cluster-forge/base/hash';
import { readGoYaml } from '@cluster-forge/kube/manifest/go-yaml';
import { printYaml } from '@cluster-forge/kube/manifest/print-yaml';
import type { Platform } from '../config/platform.ts';
import { mineErrors } from './errors.ts';
import type { Lock, LockedSource } from './lock.ts';

const digest = z.string().transform((text, issues): Digest => {
  const parsed = parseDigest(text);
  if (parsed !== undefined) return parsed;
  issues.addIssue({ code: 'custom', message: 'is not sha256: and 64 hexadecimal digits' });
  return z.NEVER;
});

const lockSchema = z.strictObject({
  version: z.literal(1),
  sources: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['helm', 'manifest', 'files', 'template', 'kustomize']),
      request: z.record(z.string(), z.string()),
      resolved: z.string().exactOptional(),
      version: z.string().exactOptional(),
      digest,
      sizeBytes: z.int().nonnegative(),
    }),
  ),
});

/** `forge.lock` beside platform.yaml; `forge.<environment>.lock` for an environment, because environments may choose other components and versions. */
export function lockPath({ directory, environment }: Pick<Platform, 'directory' | 'environment'>): string {
  return join(directory, environment === undefined ? 'forge.lock' : `forge.${environment}.lock`);
}

/** Reads a lock file; undefined when there is none. A damaged one fails with E_MINE_LOCK. */
export async function readLock(path: string): Promise<Result<Lock | undefined>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === 'string') return parseLock(text, path);
  return text.code === 'ENOENT' ? ok(undefined) : failed([unreadable(path, text.message)]);
}

export function parseLock(text: string, path: string): Result<Lock> {
  try {
    const parsed = lockSchema.safeParse(readGoYaml(text, { file: path }));
    if (parsed.success) return ok(parsed.data);
    return failed(parsed.error.issues.map(({ path: at, message }) => unreadable(path, message, at.join('.'))));
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return failed([{ ...unreadable(path, error.problem.what), where: error.problem.where ?? { file: path } }]);
  }
}

function unreadable(file: string, why: string, path?: string) {
  return mineErrors.E_MINE_LOCK.diagnostic({
    what: 'the lock file cannot be read',
    why,
    where: { file, ...(path === undefined || path === '' ? {} : { path }) },
    fix: 'restore it from git; or delete it and run `forge mine`, which locks what is published now',
  });
}

/** The lock as text: sorted, so that equal locks are equal bytes. */
export function printLock(lock: Lock): string {
  const sources = [...lock.sources].sort((a, b) => (a.id < b.id ? -1 : 1)).map(sourceFields);
  return `# Written by \`forge mine\`; keep it in git, do not edit it.\n${printYaml({ version: lock.version, sources })}`;
}

function sourceFields(source: LockedSource): Json {
  const request = Object.fromEntries(Object.entries(source.request).sort(([a], [b]) => (a < b ? -1 : 1)));
  const fields: JsonObject = {
    id: source.id,
    kind: source.kind,
    request,
    ...(source.resolved === undefined ? {} : { resolved: source.resolved }),
    ...(source.version === undefined ? {} : { version: source.version }),
    digest: source.digest,
    sizeBytes: source.sizeBytes,
  };
  return fields;
}

/** Replaces the lock file as a whole, and only when it differs. */
export async function writeLock(path: string, lock: Lock): Promise<void> {
  const text = printLock(lock);
  if ((await readFile(path, 'utf8').catch(() => undefined)) !== text) await writeFileAtomic(path, text);
}
