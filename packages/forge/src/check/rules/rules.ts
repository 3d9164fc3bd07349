import type { CheckRule } from '../rule.ts';
import { deprecations } from './deprecations.ts';
import { duplicates } from './duplicates.ts';
import { expressions } from './expressions.ts';
import { images } from './images.ts';
import { kinds } from './kinds.ts';
import { namespaces } from './namespaces.ts';
import { references } from './references.ts';
import { schema } from './schema.ts';
import { secrets } from './secrets.ts';
import { selectors } from './selectors.ts';

/** Every check. A new one is a file and a line here. */
export const CHECK_RULES: readonly CheckRule[] = [
  kinds,
  deprecations,
  schema,
  duplicates,
  namespaces,
  references,
  selectors,
  expressions,
  secrets,
  images,
];
