import { catalogue } from '../error.ts';

export const storeErrors = catalogue({
  E_STORE_FULL: { summary: 'The disk or the quota of the store is full; nothing half-written remains.', exit: 1 },
  E_STORE_WRITE: { summary: 'The store cannot be written.', exit: 1 },
});
