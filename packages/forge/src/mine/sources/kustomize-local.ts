import type { KustomizeSource } from '../../config/platform.ts';
import { digestOfParts } from '@cluster-forge/base/hash';
import { digestOfFiles, listFiles, totalBytes } from '../file-list.ts';
import { kustomizationDirectories } from '../kustomization.ts';
import type { SourceKind } from '../source-kind.ts';

/** A kustomization on this computer, with every base it reaches. */
export const kustomizeLocal: SourceKind<KustomizeSource> = {
  request: () => ({}),
  bring: async (source) => {
    const root = source.directory ?? '';
    const directories = await kustomizationDirectories(root, source.where);
    const trees = await Promise.all(
      directories.map(async ({ name, path }) => {
        const files = await listFiles(path, source.where);
        return { name, digest: await digestOfFiles(files), sizeBytes: totalBytes(files) };
      }),
    );
    const digest = digestOfParts(trees.flatMap(({ name, digest }) => [name, digest]));
    return {
      digest,
      sizeBytes: trees.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      path: root,
      form: 'directory',
    };
  },
};
