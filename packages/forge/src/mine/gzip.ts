import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { mineErrors } from './errors.ts';

/** How much a compressed source may unpack to. */
export interface UnpackLimits {
  readonly maxBytes: number;
  /** Unpacked bytes per packed byte. */
  readonly maxRatio: number;
}

/** Archives of a few hundred bytes are mostly padding; below this size their ratio says nothing. */
const ratioFreeBytes = 1024 * 1024;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Unpacks gzip in memory, stopping at the limits. `name` is for people. Throws E_MINE_ARCHIVE for bombs, damage and truncation. */
export async function unpackGzip(bytes: Uint8Array, name: string, limits: UnpackLimits): Promise<Buffer> {
  const byRatio = Math.max(ratioFreeBytes, bytes.byteLength * limits.maxRatio);
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: Math.min(limits.maxBytes, byRatio) });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(name, bytes.byteLength, limits, { cause: error });
    throw mineErrors.E_MINE_ARCHIVE(
      { what: `${name} is damaged`, why: `gzip says: ${error.message}`, fix: 'get it again; it may be truncated' },
      { cause: error },
    );
  }
}

function tooLarge(name: string, packedBytes: number, limits: UnpackLimits, detail: { cause: unknown }): Error {
  return mineErrors.E_MINE_ARCHIVE(
    {
      what: `${name} unpacks to more than it should`,
      why: `${packedBytes} bytes may unpack to at most ${limits.maxBytes} bytes and ${limits.maxRatio} times their size`,
      fix: 'check where it comes from; if it is meant to be that large, split it',
    },
    detail,
  );
}
