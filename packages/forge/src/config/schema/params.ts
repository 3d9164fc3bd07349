import type { Json } from '@cluster-forge/base';
import { z } from 'zod';
import { json } from './common.ts';
import { formatNames } from '../formats.ts';

export const paramTypes = ['string', 'integer', 'number', 'boolean', 'object', 'array'] as const;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

/** One typed input of a stack or component. */
export const paramDeclaration = z
  .strictObject({
    type: z.enum(paramTypes),
    title: z.string().optional(),
    description: z.string().optional().describe('Shown by forge explain and in prompts.'),
    default: json.optional().describe('May be a ${{ expression }} over other params.'),
    required: z
      .boolean()
      .optional()
      .describe('A value must be given. Without a default and not required, the param is absent.'),
    enum: z.array(json).min(1).optional().describe('The allowed values.'),
    format: z.enum(formatNames).optional().describe('What the text must be.'),
    pattern: z
      .string()
      .refine(isPattern, 'must be a regular expression')
      .optional()
      .describe('Regular expression that the whole text must match.'),
    minimum: z.number().optional().describe('Least number, or least length of text and lists.'),
    maximum: z.number().optional().describe('Greatest number, or greatest length of text and lists.'),
    min: z.number().optional().describe('Short for minimum.'),
    max: z.number().optional().describe('Short for maximum.'),
  })
  .describe('A typed input.');

export type ParamDeclaration = z.infer<typeof paramDeclaration>;

/** Declarations by name; a map without `type` groups params: `gpu: {vendor: {type: string}}` declares `params.gpu.vendor`. */
export type ParamDeclarations = { readonly [name: string]: ParamDeclaration | ParamDeclarations };

const paramName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'must be a name that expressions can use: letters, digits and _, not beginning with a digit',
  );

/** A map with a `type` that is text is a declaration; anything else is a group. */
export function isDeclaration(value: Json | ParamDeclaration | ParamDeclarations): value is ParamDeclaration {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

export const paramDeclarations: z.ZodType<ParamDeclarations> = z
  .record(
    paramName,
    z.lazy(() => z.union([paramDeclaration, paramDeclarations])),
  )
  .describe('Typed inputs, used as ${{ params.name }}.');

/** Values of params as platforms and environments give them; checked against the declarations. */
export const paramValues = z
  .record(paramName, json)
  .describe('Values for the params that stacks and components declare.');
