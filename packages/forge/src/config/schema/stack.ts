import { z } from 'zod';
import { apiVersion, components, extendsList, metadata, name } from './common.ts';
import { paramDeclarations } from './params.ts';

const collection = z.strictObject({
  title: z.string().optional(),
  default: z.boolean().optional().describe('On unless switched off. Default false.'),
  components,
});

/** `stacks/<name>/stack.yaml`. */
export const stackFile = z
  .strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal('Stack'),
    metadata,
    spec: z.strictObject({
      extends: extendsList.optional(),
      params: paramDeclarations.optional(),
      components: components.optional(),
      collections: z
        .record(name, collection)
        .optional()
        .describe('Groups of components that are switched on or off as one.'),
      sizes: z
        .record(name, z.strictObject({ components }))
        .optional()
        .describe('Settings that apply when params.size has this name.'),
    }),
  })
  .describe('A named, reusable set of components.');

export type StackFile = z.infer<typeof stackFile>;
