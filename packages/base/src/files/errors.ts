import { catalogue } from '../error.ts';

export const fileErrors = catalogue({
  E_FILE_WRITE: { summary: 'A file cannot be written; what stood there before is untouched.', exit: 1 },
  E_FILE_FULL: { summary: 'The disk or the quota is full; what stood there before is untouched.', exit: 1 },
  E_FILE_OUTSIDE: { summary: 'A name leads out of the directory it belongs to.', exit: 3 },
  E_LOCK_HELD: { summary: 'Another process is doing the same work.', exit: 1 },
});
