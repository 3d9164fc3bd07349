import type { Source } from '../../config/platform.ts';
import { digestOfFiles, listFiles, totalBytes } from '../file-list.ts';
import type { SourceKind } from '../source-kind.ts';

/** Local YAML files by globs, read as they are. */
export const files: SourceKind<Extract<Source, { kind: 'files' }>> = {
  request: (source) => ({ include: [...source.include].sort().join(' ') }),
  bring: async (source) => {
    const found = await listFiles(source.directory, source.where, source.include);
    return {
      digest: await digestOfFiles(found),
      sizeBytes: totalBytes(found),
      path: source.directory,
      form: 'directory',
    };
  },
};
