import { join } from 'node:path';
import { ForgeError, diagnosticsOf, type Json } from '@cluster-forge/base';
import type { HealthRule } from '@cluster-forge/kube/health/verdict';
import { checkSchema, type Locate } from './check-schema.ts';
import type { ComponentFiles } from './component-files.ts';
import { withPath } from './evaluation.ts';
import { readDocuments } from './read-file.ts';
import type { Loading } from './request.ts';
import { healthRule, type HealthRuleEntry } from './schema/health.ts';

/** Rules of health.yaml: each document is one rule or a list of rules. Conditions and messages are compiled here, so that a typo shows before a deploy. */
export async function readHealth({ entry }: ComponentFiles, loading: Loading): Promise<readonly HealthRule[]> {
  if (!entry.files.has('health.yaml')) return [];
  const documents = (await readDocuments(join(entry.directory, 'health.yaml'), loading)) ?? [];
  return documents.flatMap(({ value, where }) => {
    const rules: readonly Json[] = Array.isArray(value) ? value : [value];
    return rules.flatMap((rule, index) => {
      const at = (path: readonly (string | number)[], part?: 'key' | 'value') =>
        where(Array.isArray(value) ? [index, ...path] : path, part);
      const checked = checkSchema(rule, healthRule, at);
      loading.problems.push(...checked.problems);
      if (checked.value === undefined) return [];
      compileAll(checked.value, at, loading);
      // Parsed YAML has no undefined fields, which the type of the schema allows.
      return [{ ...checked.value, group: checked.value.group ?? '' } as HealthRule];
    });
  });
}

const stages = ['failed', 'sufficient', 'suspended', 'progressing', 'ready'] as const;
const fields = ['when', 'message'] as const;

function compileAll(rule: HealthRuleEntry, where: Locate, loading: Loading): void {
  const expressions = stages.flatMap((stage) =>
    (rule[stage] ?? []).flatMap((condition, index) =>
      fields.map((field) => ({ text: condition[field], path: [stage, index, field] })),
    ),
  );
  for (const { text, path } of expressions) {
    try {
      loading.cel.compile(text);
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      loading.problems.push(...diagnosticsOf(error).map((problem) => ({ ...problem, where: withPath(where, path) })));
    }
  }
}

/** Documents of simulate.yaml, for the lab to interpret. */
export async function readSimulate({ entry }: ComponentFiles, loading: Loading): Promise<readonly Json[]> {
  if (!entry.files.has('simulate.yaml')) return [];
  const documents = await readDocuments(join(entry.directory, 'simulate.yaml'), loading);
  return (documents ?? []).map(({ value }) => value);
}
