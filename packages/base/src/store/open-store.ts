import { mkdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { createHash, randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isFull, syncDirectory, writeDurably } from '../files/atomic.ts';
import { digestOf, digestOfFile, fromHex, hexOf, type Digest } from '../hash.ts';
import type { Json } from '../json.ts';
import { collect, storedFiles } from './collect.ts';
import { storeErrors } from './errors.ts';
import type { Store } from './store.ts';

/**
 * Opens (and makes) a store. Layout below `directory`:
 * - `blobs/<2 hex>/<64 hex>`: a blob under its SHA-256
 * - `memory/<kind>/<2 hex>/<64 hex>`: a remembered value: the SHA-256 of the second line, then the value as JSON
 * - `temporary/`: files being written; leftovers of killed writers go with the next `collect`
 *
 * Other folders (`tools`, `git`, `locks`) belong to their packages and are never collected here. A file's modification time is its last use.
 */
export async function openStore(directory: string = defaultStoreDirectory(process.env)): Promise<Store> {
  const place: Place = { directory, temporary: join(directory, 'temporary') };
  await mkdir(place.temporary, { recursive: true }).catch((error: unknown) => rejectWrite(place, error));
  const verified = new Map<string, string>();
  return {
    directory,
    put: (bytes) => put(place, bytes),
    get: (digest) => get(place, digest),
    file: (digest) => file(place, digest, verified),
    remember: (kind, key, value) => remember(place, memoryPath(place, kind, key), value),
    recall: (kind, key) => recall(memoryPath(place, kind, key)),
    collect: (maxBytes) => collect(directory, maxBytes, Date.now()),
    sizeBytes: async () => (await storedFiles(directory)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/** `$FORGE_CACHE`, else `$XDG_CACHE_HOME/cluster-forge`, else `~/.cache/cluster-forge`. Relative values of the variables count as unset, as XDG asks. */
export function defaultStoreDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const absolute = (value: string | undefined) => (value?.startsWith('/') === true ? value : undefined);
  const caches = absolute(env['XDG_CACHE_HOME']) ?? join(env['HOME'] ?? homedir(), '.cache');
  return absolute(env['FORGE_CACHE']) ?? join(caches, 'cluster-forge');
}

interface Place {
  readonly directory: string;
  readonly temporary: string;
}

async function put(place: Place, bytes: Uint8Array | AsyncIterable<Uint8Array>): ReturnType<Store['put']> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const counted = async function* () {
    for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
  };
  const written = await writeTemporary(place, counted());
  const digest = fromHex(hash.digest('hex'));
  await moveInto(place, written, blobPath(place, digest));
  return { digest, sizeBytes };
}

async function get(place: Place, digest: Digest): Promise<Uint8Array | undefined> {
  const path = blobPath(place, digest);
  const bytes = await readFile(path).catch(absent);
  if (bytes === undefined) return undefined;
  if (digestOf(bytes) !== digest) return discard(path);
  await touch(path);
  return bytes;
}

/** A blob is hashed again only when its size, time or inode differ from those of the last proof in this process. */
async function file(place: Place, digest: Digest, verified: Map<string, string>): Promise<string | undefined> {
  const path = blobPath(place, digest);
  const facts = await factsOf(path);
  if (facts === undefined) return undefined;
  if (verified.get(path) !== facts && (await digestOfFile(path).catch(absent)) !== digest) return discard(path);
  await touch(path);
  const proven = await factsOf(path);
  if (proven !== undefined) verified.set(path, proven);
  return path;
}

async function factsOf(path: string): Promise<string | undefined> {
  const facts = await stat(path).catch(absent);
  return facts === undefined ? undefined : `${facts.ino} ${facts.size} ${facts.mtimeMs}`;
}

async function remember(place: Place, path: string, value: Json): Promise<void> {
  const text = JSON.stringify(value);
  const written = await writeTemporary(place, [Buffer.from(`${hexOf(digestOf(text))}\n${text}`)]);
  await moveInto(place, written, path);
}

async function recall(path: string): Promise<Json | undefined> {
  const text = await readFile(path, 'utf8').catch(absent);
  if (text === undefined) return undefined;
  const value = text.slice(65);
  if (text.slice(0, 64) !== hexOf(digestOf(value))) return discard(path);
  await touch(path);
  // The digest proves that `remember` wrote it.
  const parsed: Json = JSON.parse(value);
  return parsed;
}

async function writeTemporary(place: Place, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const path = join(place.temporary, randomUUID());
  try {
    await writeDurably(path, 0o644, (handle) => handle.writeFile(chunks));
    return path;
  } catch (error) {
    await rm(path, { force: true });
    return rejectWrite(place, error);
  }
}

async function moveInto(place: Place, from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    await syncDirectory(dirname(to));
  } catch (error) {
    await rm(from, { force: true });
    rejectWrite(place, error);
  }
}

/** Turns failures of the disk into errors of the catalogue; failures of the one who supplies the bytes pass through. */
function rejectWrite(place: Place, error: unknown): never {
  const isDisk = error instanceof Error && 'syscall' in error;
  if (!isDisk) throw error;
  const problem = {
    what: `cannot write to the store ${place.directory}`,
    why: error.message,
    where: { file: place.directory },
  };
  if (isFull(error))
    throw storeErrors.E_STORE_FULL(
      { ...problem, fix: 'free some space: `forge store gc` removes what was not used for longest' },
      { cause: error },
    );
  throw storeErrors.E_STORE_WRITE(
    { ...problem, fix: 'make the directory writable, or name another one with FORGE_CACHE' },
    { cause: error },
  );
}

function blobPath(place: Place, digest: Digest): string {
  const hex = hexOf(digest);
  return join(place.directory, 'blobs', hex.slice(0, 2), hex);
}

function memoryPath(place: Place, kind: string, key: Digest): string {
  const hex = hexOf(key);
  return join(place.directory, 'memory', kind, hex.slice(0, 2), hex);
}

const touchAfterMs = 60_000;

/** Marks a file as used now; more often than once a minute tells nobody anything. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  const facts = await stat(path).catch(absent);
  if (facts !== undefined && now.getTime() - facts.mtimeMs > touchAfterMs) await utimes(path, now, now).catch(absent);
}

async function discard(path: string): Promise<undefined> {
  await rm(path, { force: true });
}

function absent(): undefined {
  return undefined;
}
