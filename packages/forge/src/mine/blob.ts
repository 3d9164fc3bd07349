import { stat } from 'node:fs/promises';
import { ForgeError } from '@cluster-forge/base';
import { memorySink } from '@cluster-forge/base/fetch/create-fetcher';
import type { Digest } from '@cluster-forge/base/hash';
import { mineErrors } from './errors.ts';
import type { MineContext } from './source-kind.ts';

/** Bytes wanted from the network. */
export interface BlobRequest {
  readonly url: string;
  readonly maxBytes: number;
  /** When it is in the store, nothing is fetched; when it is not, what is fetched must have it. */
  readonly expected?: Digest;
  readonly headers?: Readonly<Record<string, string>>;
  /** Refuses bytes that are not what they should be, before they enter the store. */
  readonly inspect?: (bytes: Uint8Array) => Promise<void> | void;
}

/** Verified bytes in the store. */
export interface Blob {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly path: string;
}

/** Brings bytes into the store, telling progress to the source's task. Throws E_FETCH_* and what `inspect` throws. */
export async function bringBlob(request: BlobRequest, ctx: MineContext): Promise<Blob> {
  const stored = request.expected && (await storedBlob(request.expected, ctx));
  if (stored !== undefined) return stored;
  const bytes = await download(request, ctx);
  await request.inspect?.(bytes);
  return keepBlob(bytes, ctx);
}

/** A blob that an earlier run brought; tells the task that it was cached. */
export async function storedBlob(digest: Digest, ctx: MineContext): Promise<Blob | undefined> {
  const path = await ctx.store.file(digest);
  if (path === undefined) return undefined;
  ctx.task.update({ state: 'cached' });
  return { digest, sizeBytes: (await stat(path)).size, path };
}

/** Puts bytes into the store. */
export async function keepBlob(bytes: Uint8Array, ctx: MineContext): Promise<Blob> {
  const { digest, sizeBytes } = await ctx.store.put(bytes);
  const path = await ctx.store.file(digest);
  if (path === undefined) throw new Error(`the store lost ${digest} right after it was put`);
  return { digest, sizeBytes, path };
}

async function download(request: BlobRequest, ctx: MineContext): Promise<Uint8Array> {
  const sink = memorySink();
  const options = {
    maxBytes: request.maxBytes,
    ...(request.expected === undefined ? {} : { sha256: request.expected }),
    ...(request.headers === undefined ? {} : { headers: request.headers }),
    onProgress: (done: number, total?: number) =>
      ctx.task.update({ progress: { done, unit: 'bytes', ...(total === undefined ? {} : { total }) } }),
  };
  await ctx.fetch.download(request.url, options, sink, ctx);
  return sink.bytes();
}

/** Turns a checksum failure of pinned bytes into E_MINE_CHANGED; other errors pass. */
export function asChanged(error: unknown, url: string): unknown {
  if (!(error instanceof ForgeError) || error.code !== 'E_FETCH_CHECKSUM') return error;
  return mineErrors.E_MINE_CHANGED(
    {
      what: `${url} has other bytes than forge.lock`,
      why: error.problem.why ?? error.problem.what,
      fix: 'find out why published bytes changed; if you trust the new ones, run `forge mine --update`',
    },
    { cause: error },
  );
}
