import { catalogue } from '../error.ts';

export const gitErrors = catalogue({
  E_GIT_URL: { summary: 'The address of a git repository is not one that may be used.', exit: 3 },
  E_GIT_REF: { summary: 'A git repository has no such branch, tag or commit.', exit: 3 },
  E_GIT_FETCH: { summary: 'A git repository cannot be read.', exit: 1 },
  E_GIT_TREE: { summary: 'A directory of a git repository is missing, or holds what may not be exported.', exit: 3 },
});
