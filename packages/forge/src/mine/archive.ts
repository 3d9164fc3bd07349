import { mineErrors } from './errors.ts';
import { unpackGzip } from './gzip.ts';
import { readTar, type TarEntry } from './tar.ts';

/** The limits Helm itself sets for charts, plus a cap on entries and on the compression ratio. */
export const archiveLimits = {
  maxBytes: 100 * 1024 * 1024,
  maxFileBytes: 5 * 1024 * 1024,
  maxEntries: 10_000,
  maxRatio: 100,
} as const;

/**
 * Reads a `.tar.gz` in memory: file name to content. Nothing is written to disk. `name` is for people. Throws E_MINE_ARCHIVE, naming the entry,
 * for links, devices, absolute names, `..`, duplicates, damage, and more than `archiveLimits`.
 */
export async function readArchive(bytes: Uint8Array, name: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const tar = await unpackGzip(bytes, name, archiveLimits);
  const files = new Map<string, Uint8Array>();
  let entries = 0;
  for (const entry of readTar(tar, name)) {
    entries += 1;
    if (entries > archiveLimits.maxEntries)
      throw refused(name, entry.name, `there are more than ${archiveLimits.maxEntries} entries`);
    const reason = entryProblem(entry) ?? (files.has(cleanName(entry.name)) ? 'the name comes twice' : undefined);
    if (reason !== undefined) throw refused(name, entry.name, reason);
    if (entry.type === 'file') files.set(cleanName(entry.name), entry.content);
  }
  return files;
}

function entryProblem(entry: TarEntry): string | undefined {
  if (entry.type === 'other') return `it is ${entry.typeName}, and only files and directories are read`;
  if (entry.content.byteLength > archiveLimits.maxFileBytes)
    return `it has ${entry.content.byteLength} bytes, and a file may have ${archiveLimits.maxFileBytes}`;
  if (entry.name.includes('\0')) return 'its name contains a NUL character';
  if (/^([/\\]|[A-Za-z]:)/.test(entry.name)) return 'its name is absolute';
  if (entry.name.includes('\\')) return 'its name contains a backslash';
  if (entry.name.split('/').includes('..')) return 'its name contains `..`';
  if (entry.type === 'file' && cleanName(entry.name) === '') return 'its name is empty';
  return undefined;
}

/** Without `./` and doubled slashes, so that two spellings of one name count as one. */
function cleanName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function refused(archive: string, entry: string, why: string): Error {
  return mineErrors.E_MINE_ARCHIVE({
    what: `${archive} is refused because of its entry ${JSON.stringify(entry)}`,
    why,
    fix: 'do not use this archive; ask its publisher for one that holds plain files only',
  });
}
