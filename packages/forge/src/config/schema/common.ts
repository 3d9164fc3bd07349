import type { Json } from '@cluster-forge/base';
import { z } from 'zod';

/** Version of all files of this product. A change that old files do not survive gets a new one. */
export const apiVersion = 'clusterforge.dev/v1alpha1';

const namePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Names of platforms, stacks, components, capabilities, collections, environments: what Kubernetes accepts as a label value and DNS label. */
export const name = z
  .string()
  .regex(
    namePattern,
    'must be lower case letters, digits and dashes, at most 63, beginning and ending with a letter or digit',
  )
  .describe('Lower case letters, digits and dashes, at most 63.');

/** Any JSON value. The parser produced it, so there is nothing left to check, and checking a large map again would take most of the time of a load. */
export const json: z.ZodType<Json> = z.custom<Json>(() => true);

/** A free map: its keys belong to somebody else, such as a chart. */
export const values = z
  .record(z.string(), json)
  .describe(
    'Values for the sources of the component. Maps merge over weaker layers, lists and scalars replace, null removes, {$append: [...]} extends a list.',
  );

/** Text that may hold `${{ }}`. */
export const text = z.string().min(1, 'must not be empty');

/** A CEL condition, bare or inside one `${{ }}`. */
export const condition = text.describe("CEL condition such as params.size != 'small'.");

export const boolOrExpression = z
  .union([z.boolean(), z.string().regex(/^\$\{\{[\s\S]*\}\}$/, 'must be true, false or one ${{ expression }}')])
  .describe('true, false, or one ${{ expression }} over params and platform.');

/** Durations as Go and Kubernetes write them: `90s`, `5m`, `1h30m`, `250ms`. */
export const duration = z
  .string()
  .regex(/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/, 'must be a duration such as 90s, 5m or 1h30m')
  .describe('Duration such as 250ms, 90s, 5m or 1h30m.');

/** Milliseconds of a duration that the schema accepted. */
export function durationMs(duration: string): number {
  const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  return Array.from(parts).reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
}

export const gate = z
  .strictObject({
    timeout: duration.optional().describe('How long the component may take to become ready. Default 5m.'),
    settle: duration.optional().describe('How long it must stay ready before what needs it starts. Default 2s.'),
  })
  .describe('When the component counts as ready.');

export const metadata = z.strictObject({
  name,
  title: text.optional().describe('One line for people.'),
  description: text.optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

/** What any layer may say about a component. */
export const componentOverlay = z
  .strictObject({
    enabled: boolOrExpression.optional().describe('Default true for every component that a layer names.'),
    values: values.optional(),
    version: text.optional().describe('Version of the component in place of the one in the catalog.'),
    namespace: text.optional().describe('Namespace in place of the one in the catalog.'),
    gate: gate.optional(),
    provider: name.optional().describe('Only under the name of a capability: the component that provides it.'),
  })
  .describe('Settings of one component, or the choice of a provider under the name of a capability.');

export type ComponentOverlay = z.infer<typeof componentOverlay>;

export const components = z.record(name, componentOverlay).describe('Components by name; naming one enables it.');
export const collectionSwitches = z
  .record(name, z.boolean())
  .describe('Collections of the stacks, switched on or off.');
export const extendsList = z
  .array(text)
  .describe(
    'Stacks this builds on, weakest first: names from a catalog, or relative paths to a stack.yaml or its folder.',
  );
