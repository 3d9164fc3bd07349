import { open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError, type Context, type Task } from '@cluster-forge/base';
import type { Sink } from '@cluster-forge/base/fetch/fetch';
import { takeMember } from '../member.ts';
import type { Download, PinnedTool } from '../pin.ts';
import type { Refusal, Tool } from '../tool.ts';
import { askVersion } from '../version.ts';
import type { Workshop } from '../workshop.ts';
import { bundleOf, fromStore, keep, openBench } from './store.ts';

const maxBytes = 512 * 1024 * 1024;

/** The publisher's file of this platform, if its digest is pinned; or why it cannot be used. */
export function downloadOf(
  pin: PinnedTool,
  shop: Workshop,
): (Download & { readonly sha256: NonNullable<Download['sha256']> }) | Refusal {
  const download = shop.platform === undefined ? undefined : pin.downloads[shop.platform];
  if (download === undefined)
    return { place: 'download', reason: `there is no download for ${shop.platform ?? 'this platform'}` };
  const { sha256 } = download;
  if (sha256 === undefined)
    return { place: 'download', reason: `not used: no verified digest of ${download.url} is known` };
  const unreachable = shop.unreachable.get(new URL(download.url).origin);
  return unreachable === undefined ? { ...download, sha256 } : { place: 'download', reason: unreachable };
}

/** Downloads into the store. Whatever goes wrong is a refusal: the next place is asked. */
export async function fromDownload(pin: PinnedTool, shop: Workshop, task: Task, ctx: Context): Promise<Tool | Refusal> {
  const download = downloadOf(pin, shop);
  if ('reason' in download) return download;
  const bench = await openBench(bundleOf(pin), shop);
  const file = join(bench, 'download');
  const sink = fileSink(file);
  try {
    const onProgress = (done: number, total?: number) =>
      task.update({
        detail: `downloading ${pin.name}`,
        progress: { done, unit: 'bytes', ...(total === undefined ? {} : { total }) },
      });
    await shop.fetch.download(download.url, { maxBytes, sha256: download.sha256, onProgress }, sink, ctx);
    const program = download.member === undefined ? file : await unpack(file, download.member, download.url);
    await keep(pin, program, { place: 'download', from: download.url }, shop);
    return await proven(pin, shop, ctx);
  } catch (error) {
    ctx.signal.throwIfAborted();
    return { place: 'download', reason: reasonOf(error, download.url, shop) };
  } finally {
    await sink.close();
    await rm(bench, { recursive: true, force: true });
  }
}

/** A file with the right digest can still be one that does not run here. */
async function proven(pin: PinnedTool, shop: Workshop, ctx: Context): Promise<Tool | Refusal> {
  const stored = await fromStore(pin, shop);
  if ('reason' in stored) return stored;
  const version = await askVersion(stored.path, pin.versionArgs, ctx);
  if (version === pin.version) return { ...stored, place: 'download' };
  await rm(join(stored.path, '..'), { recursive: true, force: true });
  return {
    place: 'download',
    reason: `the downloaded program ${version === undefined ? 'does not run' : `says that it is ${version}`}`,
  };
}

async function unpack(file: string, member: string, source: string): Promise<string> {
  const program = `${file}.program`;
  await writeFile(program, await takeMember(await readFile(file), member, source));
  return program;
}

function reasonOf(error: unknown, url: string, shop: Workshop): string {
  if (!(error instanceof ForgeError)) return error instanceof Error ? error.message : String(error);
  const reason = [error.problem.what, error.problem.why].filter((part) => part !== undefined).join(': ');
  const { origin } = new URL(url);
  if (['E_FETCH_NETWORK', 'E_FETCH_TIMEOUT', 'E_FETCH_ADDRESS'].includes(error.code))
    shop.unreachable.set(origin, `${origin} cannot be reached: ${error.problem.why ?? error.problem.what}`);
  return reason;
}

function fileSink(path: string): Sink {
  let file: FileHandle | undefined;
  return {
    restart: async () => {
      await file?.close();
      file = await open(path, 'w');
    },
    write: async (chunk) => {
      await file?.writeFile(chunk);
    },
    close: async () => {
      await file?.close();
      file = undefined;
    },
  };
}
