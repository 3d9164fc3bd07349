import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject, type Context } from '@cluster-forge/base';
import { identify, stopProcess, type ProcessIdentity } from '@cluster-forge/base/exec/process';
import { digestOfFile, digestOfParts, hexOf, type Digest } from '@cluster-forge/base/hash';
import type { PinnedTool } from '../pin.ts';
import type { Place, Refusal, Tool } from '../tool.ts';
import type { Workshop } from '../workshop.ts';

/**
 * Programs that were downloaded or built, shared by all checkouts: `tools/<name>/<version>-<os>-<arch>-<recipe>/{<name>,record.json}` in the store's
 * directory. The recipe is a digest of everything that decides which bytes come out, so a checkout with other pins never meets them. A directory appears
 * whole, by one rename.
 */
export async function fromStore(pin: PinnedTool, shop: Workshop): Promise<Tool | Refusal> {
  const directory = await directoryOf(pin, shop);
  const path = join(directory, pin.name);
  const record = await readRecord(directory);
  if (record === undefined) return { place: 'store', reason: `not in ${dirname(directory)} yet` };
  if (await isIntact(path, record)) return { name: pin.name, path, version: pin.version, place: 'store' };
  return { place: 'store', reason: `${path} was damaged since it was stored` };
}

/** What is known about a stored program. Size and time stand for its digest while they do not change. */
interface StoredRecord {
  readonly sha256: Digest;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** A directory of its own, in which one program is made before it is stored. Lies beside the others, so that the final rename is one step. */
export async function openBench(bundle: string, shop: Workshop): Promise<string> {
  const directory = join(shop.store.directory, 'tools', `.${bundle}-${randomUUID()}`);
  await mkdir(directory, { recursive: true });
  return directory;
}

/** Notes who works on a bench, so that the next run can end it: a compiler goes on when the one who started it is killed. */
export async function markBuilder(bench: string, pid: number): Promise<void> {
  const identity = await identify(pid);
  // The bench may be gone already when the build was short.
  if (identity !== undefined)
    await writeFile(join(bench, builderFile), JSON.stringify(identity)).catch(() => undefined);
}

const builderFile = '.builder.json';

/** Ends and removes what killed runs left of this bundle. Only for the holder of its lock. */
export async function clearBenches(bundle: string, shop: Workshop, ctx: Context): Promise<void> {
  const tools = join(shop.store.directory, 'tools');
  const names = await readdir(tools).catch((): string[] => []);
  for (const name of names.filter((each) => new RegExp(`^\\.${bundle}-[0-9a-f]{8}-`).test(each))) {
    const builder = await readBuilder(join(tools, name));
    if (builder !== undefined) await stopProcess(builder, {}, ctx);
    await rm(join(tools, name), { recursive: true, force: true });
  }
}

async function readBuilder(bench: string): Promise<ProcessIdentity | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(bench, builderFile), 'utf8'));
    if (!isObject(value)) return undefined;
    const { pid, startTime } = value;
    return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}

/** Stores a finished program: forced to the disk, recorded, then moved into place. `place` and `from` tell a person later where it came from. */
export async function keep(
  pin: PinnedTool,
  program: string,
  origin: { readonly place: Place; readonly from: string },
  shop: Workshop,
): Promise<void> {
  const target = await directoryOf(pin, shop);
  const bench = await openBench(bundleOf(pin), shop);
  try {
    const path = join(bench, pin.name);
    await rename(program, path);
    await chmod(path, 0o755);
    await forceToDisk(path);
    const facts = await stat(path);
    const record = {
      sha256: await digestOfFile(path),
      sizeBytes: facts.size,
      mtimeMs: facts.mtimeMs,
      name: pin.name,
      version: pin.version,
      ...origin,
    };
    await writeFile(join(bench, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
    await rm(target, { recursive: true, force: true });
    await mkdir(dirname(target), { recursive: true });
    await rename(bench, target);
  } finally {
    await rm(bench, { recursive: true, force: true });
  }
}

async function forceToDisk(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function directoryOf(pin: PinnedTool, shop: Workshop): Promise<string> {
  const recipe = hexOf(await recipeDigest(pin, shop)).slice(0, 16);
  const platform = (shop.platform ?? 'unknown').replace('/', '-');
  return join(shop.store.directory, 'tools', pin.name, `${pin.version}-${platform}-${recipe}`);
}

/** Everything that decides which bytes come out, except Go's own version: that one changes speed, not what the program does. */
async function recipeDigest(pin: PinnedTool, shop: Workshop): Promise<Digest> {
  const folder = join(shop.recipes, pin.build.folder);
  const files = await Promise.all(['go.mod', 'go.sum'].map((name) => readFile(join(folder, name)).catch(() => '')));
  const download = shop.platform === undefined ? undefined : pin.downloads[shop.platform];
  return digestOfParts([JSON.stringify([pin.version, pin.build, download]), ...files]);
}

async function isIntact(path: string, record: StoredRecord): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || facts.size !== record.sizeBytes) return false;
  return facts.mtimeMs === record.mtimeMs || (await digestOfFile(path)) === record.sha256;
}

async function readRecord(directory: string): Promise<StoredRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(directory, 'record.json'), 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is StoredRecord {
  return (
    isObject(value) &&
    typeof value['sha256'] === 'string' &&
    typeof value['sizeBytes'] === 'number' &&
    typeof value['mtimeMs'] === 'number'
  );
}

/** Name of what is built and locked together. */
export function bundleOf(pin: PinnedTool): string {
  return pin.group === 'core' ? pin.build.folder : `${pin.build.folder}-${pin.group}`;
}
