import type { Context } from '../context.ts';
import { gitEnvironment } from './remote.ts';
import { readMirror, type Mirror } from './run-git.ts';

/** One entry of a tree, subdirectories already entered. */
export interface TreeEntry {
  readonly kind: 'file' | 'program' | 'link' | 'submodule';
  readonly path: string;
  /** Object number. */
  readonly blob: string;
  readonly sizeBytes: number;
}

const kinds: Readonly<Record<string, TreeEntry['kind']>> = {
  '100644': 'file',
  '100664': 'file',
  '100755': 'program',
  '120000': 'link',
  '160000': 'submodule',
};

/** Lists all files below a tree (`<commit>:<path>`), in the order of git. */
export async function listTree(at: Mirror, tree: string, ctx: Context): Promise<readonly TreeEntry[]> {
  const { stdout } = await readMirror(
    at,
    ['ls-tree', '-r', '-l', '-z', '--full-tree', tree],
    { env: gitEnvironment() },
    ctx,
  );
  const lines = stdout.toString('utf8').split('\0');
  return lines.flatMap((line) => {
    // `<mode> <type> <object> <size>\t<path>`, see git-ls-tree(1).
    const [, mode, blob, size, path] = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t(.+)$/s.exec(line) ?? [];
    const kind = kinds[mode ?? ''];
    return kind === undefined || blob === undefined || path === undefined
      ? []
      : [{ kind, path, blob, sizeBytes: Number(size) || 0 }];
  });
}

/** Reads the contents of entries with one process. */
export async function readBlobs(
  at: Mirror,
  entries: readonly TreeEntry[],
  ctx: Context,
): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = [...new Set(entries.map(({ blob }) => blob))];
  if (wanted.length === 0) return new Map();
  const options = { env: gitEnvironment(), stdin: `${wanted.join('\n')}\n`, maxOutputBytes: 1024 * 1024 * 1024 };
  const { stdout } = await readMirror(at, ['cat-file', '--batch'], options, ctx);
  return parseBatch(stdout);
}

/** Output of `git cat-file --batch`: `<object> <type> <size>\n`, the bytes, `\n`; again and again. */
function parseBatch(output: Buffer): ReadonlyMap<string, Buffer> {
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0x0a, at);
    const [blob = '', , size = ''] = output.toString('latin1', at, end).split(' ');
    const start = end + 1;
    blobs.set(blob, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return blobs;
}
