import { catalogue } from '../error.ts';

export const fetchErrors = catalogue({
  E_FETCH_URL: { summary: 'An address is not a usable http or https URL.', exit: 3 },
  E_FETCH_STATUS: { summary: 'A server answered with a status that means failure.', exit: 1 },
  E_FETCH_NETWORK: { summary: 'A server cannot be reached, or the connection broke.', exit: 1 },
  E_FETCH_TIMEOUT: { summary: 'A server did not answer, or stopped sending, within the time limit.', exit: 1 },
  E_FETCH_CHECKSUM: { summary: 'What arrived is not what was pinned. Nothing of it was kept.', exit: 1 },
  E_FETCH_SIZE: { summary: 'An answer is longer than its limit. Nothing of it was kept.', exit: 1 },
  E_FETCH_ADDRESS: {
    summary: 'A name leads to a private, local or metadata address, and these are not allowed.',
    exit: 1,
  },
  E_FETCH_REDIRECT: {
    summary: 'A server redirects in a circle, too often, or to something that may not be followed.',
    exit: 1,
  },
  E_FETCH_FILE: { summary: 'A file of a mirror directory is missing or cannot be read.', exit: 1 },
});
