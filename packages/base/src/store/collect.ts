import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from './store.ts';

export interface StoredFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

/** Blobs and remembered values below a store's directory. Files that vanish while it looks are left out. */
export async function storedFiles(directory: string): Promise<readonly StoredFile[]> {
  const found = await Promise.all(['blobs', 'memory'].map((folder) => filesBelow(join(directory, folder))));
  return found.flat();
}

/** Deletes the least recently used files, and what killed writers left a day ago. Another process that loses a file this way sees it as absent. */
export async function collect(directory: string, maxBytes: number, nowMs: number): ReturnType<Store['collect']> {
  const leftovers = (await filesBelow(join(directory, 'temporary'))).filter(({ usedMs }) => nowMs - usedMs > dayMs);
  const files = [...(await storedFiles(directory))].sort((a, b) => a.usedMs - b.usedMs || (a.path < b.path ? -1 : 1));
  let keptBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const old: StoredFile[] = [];
  for (const file of files) {
    if (keptBytes <= maxBytes) break;
    keptBytes -= file.sizeBytes;
    old.push(file);
  }
  const removed = [...leftovers, ...old];
  for (const { path } of removed) await rm(path, { force: true });
  return {
    keptBytes,
    removedFiles: removed.length,
    removedBytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

const dayMs = 86_400_000;

async function filesBelow(directory: string): Promise<readonly StoredFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const facts = await Promise.all(files.map((path) => stat(path).catch(() => undefined)));
  return files.flatMap((path, index) => {
    const fact = facts[index];
    return fact === undefined ? [] : [{ path, sizeBytes: fact.size, usedMs: fact.mtimeMs }];
  });
}
