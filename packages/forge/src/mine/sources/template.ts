import type { Source } from '../../config/platform.ts';
import { digestOfFiles, listFiles, totalBytes } from '../file-list.ts';
import type { SourceKind } from '../source-kind.ts';

/** Names that count as templates of ours. */
export const templateFiles: readonly string[] = ['**/*.yaml', '**/*.yml'];

/** A local directory of our own templates. */
export const template: SourceKind<Extract<Source, { kind: 'template' }>> = {
  request: () => ({}),
  bring: async (source) => {
    const found = await listFiles(source.directory, source.where, templateFiles);
    return {
      digest: await digestOfFiles(found),
      sizeBytes: totalBytes(found),
      path: source.directory,
      form: 'directory',
    };
  },
};
