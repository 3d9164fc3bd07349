import { catalogue } from '@cluster-forge/base';

/** Errors of the line as a whole; each stage has its own beside it. */
export const lineErrors = catalogue({
  E_LINE_PROBLEMS: { summary: 'A stage of the line found problems in its input; each is listed.', exit: 3 },
});
