import { catalogue } from '@cluster-forge/base';

/** Errors of the command line itself. */
export const cliErrors = catalogue({
  E_CLI_USAGE: { summary: 'The command line has an unknown command, option or value, or misses one.', exit: 2 },
  E_CLI_QUESTION: { summary: 'A question came up, nobody is there to answer it, and it has no default.', exit: 2 },
  E_CLI_LAB: { summary: 'A process of the lab has died.', exit: 1 },
  E_CLI_DECLINED: { summary: 'The person declined a question, so nothing was done.', exit: 1 },
});
