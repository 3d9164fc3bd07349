import { printObject } from '@cluster-forge/kube/object';
import { type Member, placeOf } from '../../objects/set.ts';
import { checkErrors } from '../errors.ts';
import type { CheckRule } from '../rule.ts';

const OPEN = '${{';

/** No `${{ }}` is left: it would go to the cluster as text. */
export const expressions: CheckRule = {
  name: 'expressions',
  check: ({ set }) =>
    set.members
      .filter(({ manifest }) => manifest.text.includes(OPEN))
      .map((member) => {
        const { line, text } = firstUse(member);
        const place = placeOf(member);
        return checkErrors.E_CHECK_EXPRESSION.diagnostic({
          what: `${printObject(member.id)} still holds an expression: ${text}`,
          why: 'values and templates are evaluated when they are rendered; what a chart or a plain file writes itself is not',
          fix: 'write the file as a template source, or put the expression into the values of the component',
          where: { ...place, line: (place.line ?? 1) + line },
        });
      }),
};

/** Lines count from 0 within the document. */
function firstUse({ manifest: { text } }: Member): { readonly line: number; readonly text: string } {
  const at = text.indexOf(OPEN);
  const line = text.slice(0, at).split('\n').length - 1;
  return {
    line,
    text:
      text
        .slice(at, at + 80)
        .split('\n')[0]
        ?.replace(/(\}\}).*$/, '$1') ?? '',
  };
}
