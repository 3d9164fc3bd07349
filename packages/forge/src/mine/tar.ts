import { mineErrors } from './errors.ts';

/** One entry as the archive states it; whoever takes it judges its name. */
export interface TarEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'other';
  /** For people, such as `a symbolic link`. */
  readonly typeName: string;
  /** A view on the archive's bytes; empty for what is not a file. */
  readonly content: Uint8Array;
}

const BLOCK = 512;
const typeNames: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a pipe',
};

/**
 * Reads POSIX (ustar, pax) and GNU tar strictly: what does not follow the format ends in E_MINE_ARCHIVE instead of a guess, because two readers that
 * guess differently are how a harmless looking archive becomes another one in Helm. Format: POSIX.1-2017 `pax`, section "ustar Interchange Format".
 */
export function* readTar(bytes: Uint8Array, archive: string): Generator<TarEntry> {
  let extended: { path?: string } = {};
  for (let at = 0; at < bytes.byteLength;) {
    const header = block(bytes, at, BLOCK, archive);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header, archive);
    const size = readNumber(header.subarray(124, 136), archive);
    const content = block(bytes, at + BLOCK, size, archive);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'x') extended = { ...extended, ...readPax(content, archive) };
    else if (type === 'g') refuseGlobalNames(readPax(content, archive), archive);
    else if (type === 'L') extended = { ...extended, path: text(content) };
    else {
      yield entryOf(extended.path ?? headerName(header), type, content);
      extended = {};
    }
  }
}

function entryOf(name: string, type: string, content: Uint8Array): TarEntry {
  const empty = content.subarray(0, 0);
  if (type === '5' || (type === '\0' && name.endsWith('/')))
    return { name, type: 'directory', typeName: 'a directory', content: empty };
  if (type === '0' || type === '\0') return { name, type: 'file', typeName: 'a file', content };
  const typeName = typeNames[type] ?? `an entry of the unknown type ${JSON.stringify(type)}`;
  return { name, type: 'other', typeName, content: empty };
}

function block(bytes: Uint8Array, at: number, size: number, archive: string): Uint8Array {
  if (at + size > bytes.byteLength) throw damaged(archive, 'it ends in the middle of an entry');
  return bytes.subarray(at, at + size);
}

function headerName(header: Uint8Array): string {
  const name = text(header.subarray(0, 100));
  const isPosix = text(header.subarray(257, 263)).startsWith('ustar') && header[262] === 0;
  const prefix = isPosix ? text(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function checkSum(header: Uint8Array, archive: string): void {
  const stated = readNumber(header.subarray(148, 156), archive);
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (stated !== sum) throw damaged(archive, 'the checksum of an entry is wrong');
}

/** Octal digits; the binary form of GNU tar is only needed beyond 8 GiB and therefore refused. */
function readNumber(field: Uint8Array, archive: string): number {
  const digits = text(field).trim();
  if (!/^[0-7]*$/.test(digits)) throw damaged(archive, 'a number in an entry cannot be read');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Records are `<length> <key>=<value>\n`. A size here would contradict the header only for files beyond 8 GiB. */
function readPax(content: Uint8Array, archive: string): { path?: string } {
  let found: { path?: string } = {};
  for (let at = 0; at < content.byteLength;) {
    const space = content.indexOf(32, at);
    const length = space === -1 ? Number.NaN : Number(text(content.subarray(at, space)));
    if (!Number.isInteger(length) || length <= space - at || at + length > content.byteLength)
      throw damaged(archive, 'an extended header cannot be read');
    const record = Buffer.from(content.subarray(space + 1, at + length - 1)).toString('utf8');
    const equals = record.indexOf('=');
    const key = record.slice(0, equals);
    if (key === 'path') found = { path: record.slice(equals + 1) };
    if (key === 'size' || key.startsWith('GNU.sparse'))
      throw damaged(archive, `the extended header ${key} is not read`);
    at += length;
  }
  return found;
}

function refuseGlobalNames(found: { path?: string }, archive: string): void {
  if (found.path !== undefined) throw damaged(archive, 'a global header renames entries');
}

/** Text up to the first NUL. */
function text(field: Uint8Array): string {
  const end = field.indexOf(0);
  return Buffer.from(end === -1 ? field : field.subarray(0, end)).toString('utf8');
}

function damaged(archive: string, why: string): Error {
  return mineErrors.E_MINE_ARCHIVE({
    what: `${archive} cannot be read as an archive`,
    why,
    fix: 'get it again; if it stays so, ask its publisher for a plain POSIX archive',
  });
}
