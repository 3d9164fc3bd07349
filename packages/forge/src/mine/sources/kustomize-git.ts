import type { KustomizeSource } from '../../config/platform.ts';
import { mineErrors } from '../errors.ts';
import type { SourceKind } from '../source-kind.ts';

/** A kustomization in a git repository at one exact commit. */
export const kustomizeGit: SourceKind<KustomizeSource> = {
  request: ({ git }) => ({ url: git?.url ?? '', commit: git?.commit ?? '', path: git?.path ?? '' }),
  bring: async (source) => {
    throw mineErrors.E_MINE_GIT({
      what: `source ${source.id} lies in git, which cannot be read yet`,
      where: source.where,
    });
  },
};
