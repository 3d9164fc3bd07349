import { stat } from 'node:fs/promises';
import type { Context } from '@cluster-forge/base';
import { run } from '@cluster-forge/base/exec/exec';
import { digestOfParts } from '@cluster-forge/base/hash';
import type { Store } from '@cluster-forge/base/store/store';
import type { Pin } from './pin.ts';

const timeoutMs = 10_000;

/** Asks a program for its version: the first thing like `1.2.3`, `v1.2.3-rc.1` or `go1.2.3` that it prints. Undefined when it fails or prints none. */
export async function askVersion(path: string, args: readonly string[], ctx: Context): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(path, args, { timeoutMs, maxOutputBytes: 64 * 1024 }, ctx);
    return parseVersion(`${stdout}\n${stderr}`);
  } catch {
    // Whatever stops it from answering, it has no version for us; only an abort is somebody's wish.
    ctx.signal.throwIfAborted();
    return undefined;
  }
}

export function parseVersion(text: string): string | undefined {
  return /(?<![\w.])(?:v|go)?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)/.exec(text)?.[1];
}

/** As `askVersion`, but a file that has not changed since is not asked again. Scripts are: what they start may change without them. */
export async function knownVersion(path: string, pin: Pin, store: Store, ctx: Context): Promise<string | undefined> {
  const facts = await stat(path);
  if (facts.size < smallestProgramBytes) return askVersion(path, pin.versionArgs, ctx);
  const key = digestOfParts([path, String(facts.ino), String(facts.size), String(facts.mtimeMs), ...pin.versionArgs]);
  const known = await store.recall('tool-versions', key);
  if (typeof known === 'string') return known === '' ? undefined : known;
  const version = await askVersion(path, pin.versionArgs, ctx);
  await store.remember('tool-versions', key, version ?? '');
  return version;
}

/** No Go program is smaller, and no wrapper script is larger. */
const smallestProgramBytes = 100_000;

/** True when `version` is `minimum` or newer, compared number by number. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [left, right] = [version, minimum].map((text) => text.split(/[.-]/).map(Number));
  for (const [index, wanted] of (right ?? []).entries()) {
    const got = left?.[index] ?? 0;
    if (got !== wanted) return got > wanted;
  }
  return true;
}
