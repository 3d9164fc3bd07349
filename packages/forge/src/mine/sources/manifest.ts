import { readFile } from 'node:fs/promises';
import { digestOf, parseDigest, type Digest } from '@cluster-forge/base/hash';
import type { Source } from '../../config/platform.ts';
import { asChanged, bringBlob, keepBlob, storedBlob, type Blob } from '../blob.ts';
import { refuseBinary, refuseWebPage } from '../content.ts';
import { mineErrors } from '../errors.ts';
import { missing } from '../file-list.ts';
import { isGzip, unpackGzip } from '../gzip.ts';
import type { LockedSource } from '../lock.ts';
import type { Brought, MineContext, SourceKind } from '../source-kind.ts';

type ManifestSource = Extract<Source, { kind: 'manifest' }>;

/** The largest published manifest we know has 12 MB. */
const limits = { maxBytes: 256 * 1024 * 1024, maxRatio: 100 };

/** One YAML file by URL or path, plain or gzip. The lock has the digest of the bytes as published. */
export const manifest: SourceKind<ManifestSource> = {
  request: (source) => ({
    ...(source.url === undefined ? {} : { url: source.url }),
    ...(source.sha256 === undefined ? {} : { sha256: source.sha256 }),
  }),
  bring: async (source, pin, ctx) => {
    const published = source.url === undefined ? await local(source, ctx) : await remote(source, source.url, pin, ctx);
    await checkText(published, source, ctx);
    return {
      ...published,
      ...(source.url === undefined ? {} : { resolved: source.url }),
      form: 'file',
    } satisfies Brought;
  },
};

async function remote(
  source: ManifestSource,
  url: string,
  pin: LockedSource | undefined,
  ctx: MineContext,
): Promise<Blob> {
  const expected = pin?.digest ?? statedDigest(source);
  const inspect = (bytes: Uint8Array) => refuseWebPage(bytes, url, 'a manifest');
  const request = { url, maxBytes: limits.maxBytes, inspect, ...(expected === undefined ? {} : { expected }) };
  return bringBlob(request, ctx).catch((error: unknown) => {
    throw pin === undefined ? error : asChanged(error, url);
  });
}

async function local(source: ManifestSource, ctx: MineContext): Promise<Blob> {
  const file = source.file ?? '';
  const bytes = await readFile(file).catch((error: unknown) => Promise.reject(missing(file, source.where, error)));
  const digest = digestOf(bytes);
  const stated = statedDigest(source);
  if (stated !== undefined && stated !== digest) throw wrongChecksum(source, file, digest);
  return (await storedBlob(digest, ctx)) ?? keepBlob(bytes, ctx);
}

/** Refuses what is not text, once for the same bytes. */
async function checkText(published: Blob, source: ManifestSource, ctx: MineContext): Promise<void> {
  if ((await ctx.store.recall('manifest-checked', published.digest)) === true) return;
  const name = source.url ?? source.file ?? source.id;
  const text = await readManifestFile(published.path, name);
  refuseWebPage(text, name, 'a manifest');
  refuseBinary(text, name, source.where);
  await ctx.store.remember('manifest-checked', published.digest, true);
}

/** The text of a manifest file, unpacked where it is compressed. `name` is for people. Throws E_MINE_ARCHIVE for bombs and damage. */
export async function readManifestFile(path: string, name: string): Promise<Buffer> {
  const bytes = await readFile(path);
  return isGzip(bytes) ? unpackGzip(bytes, name, limits) : bytes;
}

function statedDigest(source: ManifestSource): Digest | undefined {
  if (source.sha256 === undefined) return undefined;
  const hex = source.sha256.replace(/^sha256:/, '').toLowerCase();
  const digest = parseDigest(`sha256:${hex}`);
  if (digest !== undefined) return digest;
  throw mineErrors.E_MINE_CHECKSUM({
    what: `${JSON.stringify(source.sha256)} is not a SHA-256`,
    why: 'it needs 64 hexadecimal digits',
    where: source.where,
    fix: 'take it from `sha256sum FILE`',
  });
}

function wrongChecksum(source: ManifestSource, file: string, found: Digest): Error {
  return mineErrors.E_MINE_CHECKSUM({
    what: `${file} is not the file it should be`,
    why: `sha256 should be ${source.sha256} and is ${found}`,
    where: source.where,
    fix: 'restore the file, or correct `sha256` if you trust the new bytes',
  });
}
