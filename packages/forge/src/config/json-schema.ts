import { z } from 'zod';
import { componentFile } from './schema/component.ts';
import { platformFile } from './schema/platform.ts';
import { stackFile } from './schema/stack.ts';

/** JSON schemas for editors, by file name below `schemas/`. The same input gives the same bytes. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  const schemas = { platform: platformFile, stack: stackFile, component: componentFile };
  return new Map(Object.entries(schemas).map(([name, schema]) => [`${name}.json`, print(name, schema)]));
}

function print(name: string, schema: z.ZodType): string {
  const generated = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  const { $schema, ...rest } = generated;
  return `${JSON.stringify({ $schema, $id: `https://clusterforge.dev/schemas/v1alpha1/${name}.json`, ...rest }, null, 2)}\n`;
}
