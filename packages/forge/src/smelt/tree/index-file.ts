import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A file of the working tree as it was written. */
export interface WrittenFile {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** What smelt wrote into `working/`: tells an unchanged file, an edited one and a foreign one apart. */
export interface WorkingIndex {
  readonly version: 1;
  readonly components: Readonly<
    Record<string, { readonly fingerprint: string; readonly files: Readonly<Record<string, WrittenFile>> }>
  >;
}

const schema = z.object({
  version: z.literal(1),
  components: z.record(
    z.string(),
    z.object({
      fingerprint: z.string(),
      files: z.record(z.string(), z.object({ sha256: z.string(), sizeBytes: z.number(), mtimeMs: z.number() })),
    }),
  ),
});

export const indexName = '.index';

/** Reads the index; a missing or broken one counts as empty: files are then compared by content. */
export async function readIndex(root: string): Promise<WorkingIndex> {
  try {
    return schema.parse(JSON.parse(await readFile(join(root, indexName), 'utf8')));
  } catch {
    return { version: 1, components: {} };
  }
}
