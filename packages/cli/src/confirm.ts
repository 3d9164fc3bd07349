import { cliErrors } from './errors.ts';
import type { Session } from './command.ts';

/** Asks before something that cannot be taken back; `--yes` answers. Throws E_CLI_DECLINED, E_CLI_QUESTION. */
export async function confirm(text: string, { ctx }: Session): Promise<void> {
  const answer = await ctx.host.ask({ id: 'confirm', kind: 'confirm', text, flag: '--yes' });
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw cliErrors.E_CLI_DECLINED({ what: 'nothing was changed', why: 'the question was not answered with yes' });
}
