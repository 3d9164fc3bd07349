import { z } from 'zod';
import { condition, text } from './common.ts';

const conditions = z
  .array(z.strictObject({ when: condition, message: text.describe('CEL expression that gives text.') }))
  .optional();

/** One rule in `catalog/<name>/health.yaml`: a document, or an item of a list. Conditions see `object`; see HealthRule for their order. */
export const healthRule = z.strictObject({
  group: z.string().optional().describe("API group; '' or absent for the core group."),
  kind: text,
  failed: conditions,
  sufficient: conditions,
  suspended: conditions,
  progressing: conditions,
  ready: conditions,
});

export type HealthRuleEntry = z.infer<typeof healthRule>;
