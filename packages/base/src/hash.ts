import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** `sha256:` and 64 hexadecimal digits. Made only by the functions of this file. */
export type Digest = `sha256:${string}` & { readonly __brand: 'Digest' };

const pattern = /^sha256:[0-9a-f]{64}$/;

/** Reads a digest; undefined when the text is not one. */
export function parseDigest(text: string): Digest | undefined {
  // The pattern is the brand's definition.
  return pattern.test(text) ? (text as Digest) : undefined;
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return fromHex(createHash('sha256').update(bytes).digest('hex'));
}

/** Digest of a list of parts such that no two different lists share one: each part goes in with its length. */
export function digestOfParts(parts: readonly (string | Uint8Array)[]): Digest {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return fromHex(hash.digest('hex'));
}

/** Digest of a file of any size, streamed. */
export async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return fromHex(hash.digest('hex'));
}

export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

export function fromHex(hex: string): Digest {
  // Every caller passes the output of a SHA-256 or text that parseDigest accepted.
  return `sha256:${hex}` as Digest;
}
