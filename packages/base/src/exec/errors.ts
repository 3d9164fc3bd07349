import { catalogue } from '../error.ts';

export const execErrors = catalogue({
  E_EXEC_MISSING: { summary: 'A program that is needed cannot be started: it is absent or not executable.', exit: 1 },
  E_EXEC_FAILED: {
    summary: 'A program ended with an exit code that its caller did not expect, or was killed.',
    exit: 1,
  },
  E_EXEC_OUTPUT: { summary: 'A program printed more than its caller is ready to hold.', exit: 1 },
  E_EXEC_TIMEOUT: { summary: 'A program did not end within its time limit and was killed.', exit: 1 },
});
