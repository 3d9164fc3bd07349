import type { Question } from '@cluster-forge/base';
import { cliErrors } from '../errors.ts';

/** The answer where nobody can be asked: `yes` with `--yes`, else the default; without a default an error that names the flag. */
export function answerWithoutPerson(question: Question, assumeYes: boolean): string {
  if (question.kind === 'confirm' && assumeYes) return 'yes';
  if (question.default !== undefined) return question.default;
  throw cliErrors.E_CLI_QUESTION({
    what: `cannot ask: ${question.text}`,
    why: 'standard input is not a terminal',
    fix: `give the answer with ${question.flag}`,
  });
}
