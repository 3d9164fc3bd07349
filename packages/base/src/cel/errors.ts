import { catalogue } from '../error.ts';

export const celErrors = catalogue({
  E_CEL_SYNTAX: { summary: 'A CEL expression cannot be parsed.', exit: 3 },
  E_CEL_EVALUATE: {
    summary: 'A CEL expression failed on the data it was given, for example because a field is missing.',
    exit: 3,
  },
  E_EXPRESSION_OPEN: { summary: 'A `${{` has no matching `}}`.', exit: 3 },
  E_EXPRESSION_TEXT: {
    summary: 'The result of a `${{ }}` inside text is a map, a list or null and cannot become text.',
    exit: 3,
  },
});
