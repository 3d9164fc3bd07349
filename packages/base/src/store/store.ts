import type { Json } from '../json.ts';
import type { Digest } from '../hash.ts';

/**
 * Content-addressed files on this computer, shared by every checkout: sources, renders, tools. Writes are atomic (temporary file, fsync, rename);
 * reads are verified, and a blob that fails is removed and treated as absent.
 */
export interface Store {
  /** Root directory. */
  readonly directory: string;
  put(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<{ readonly digest: Digest; readonly sizeBytes: number }>;
  get(digest: Digest): Promise<Uint8Array | undefined>;
  /** Path of a verified blob, for programs that want a file. */
  file(digest: Digest): Promise<string | undefined>;
  /** Remembers a small value under a key, such as a render's fingerprint to the digest of its output. `kind` is a folder name. */
  remember(kind: string, key: Digest, value: Json): Promise<void>;
  recall(kind: string, key: Digest): Promise<Json | undefined>;
  /** Deletes least recently used blobs until at most `maxBytes` remain. */
  collect(
    maxBytes: number,
  ): Promise<{ readonly removedBytes: number; readonly removedFiles: number; readonly keptBytes: number }>;
  sizeBytes(): Promise<number>;
}
