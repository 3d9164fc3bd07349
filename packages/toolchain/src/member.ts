import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unsafeName } from '@cluster-forge/base/files/join-below';
import { unpackTar } from 'modern-tar';
import { toolErrors } from './errors.ts';

const maxUnpackedBytes = 1024 * 1024 * 1024;

/**
 * Takes one program out of a .tar.gz, in memory: nothing is unpacked to the disk. An archive with anything but files and directories, or with a name that leads
 * out, is refused as a whole (E_TOOL_ARCHIVE), because no honest one of this kind has them.
 */
export async function takeMember(archive: Uint8Array, member: string, source: string): Promise<Uint8Array> {
  const refuse = (why: string, cause?: unknown) =>
    toolErrors.E_TOOL_ARCHIVE(
      {
        what: `will not use the archive ${source}`,
        why,
        where: { file: source },
        fix: 'report this: the pinned archive should be a plain one',
      },
      { cause },
    );
  const tar = await promisify(gunzip)(archive, { maxOutputLength: maxUnpackedBytes }).catch((error: unknown) =>
    Promise.reject(refuse('it is not a gzip file of bearable size', error)),
  );
  const suspicious: string[] = [];
  const judge = (name: string, type: string | undefined) => {
    const why = unsafeName(name);
    if (why !== undefined) suspicious.push(`the name ${JSON.stringify(name)} is not allowed: ${why}`);
    else if (type !== undefined && type !== 'file' && type !== 'directory')
      suspicious.push(`${JSON.stringify(name)} is a ${type}`);
    return name === member && (type ?? 'file') === 'file';
  };
  const entries = await unpackTar(tar, { strict: true, filter: ({ name, type }) => judge(name, type) }).catch(
    (error: unknown) => Promise.reject(refuse('it is not a tar archive', error)),
  );
  if (suspicious[0] !== undefined) throw refuse(suspicious[0]);
  const [first, second] = entries;
  if (first?.data === undefined) throw refuse(`it has no file ${member}`);
  if (second !== undefined) throw refuse(`it has ${member} twice`);
  return first.data;
}
