import { failed, ForgeError, ok, type Diagnostic, type Json, type Result, type Where } from '@cluster-forge/base';
import { compileCel } from '@cluster-forge/base/cel/cel';
import { findExpressions } from '@cluster-forge/base/cel/find-expressions';

import { diagnosticsOf } from '@cluster-forge/base/diagnostic';
import { printPath, type Path } from '@cluster-forge/base/path';
import { labErrors } from '../errors.ts';
import { operatorModel, type OperatorModel } from './schema.ts';

/** Places of the fields of one document, for errors that name line and column. */
export type Locate = (path: Path) => Where | undefined;

/**
 * Reads the documents of a simulate.yaml. All problems at once: fields that are unknown or of the wrong type, expressions that are not CEL, two models
 * of one name. Expressions are compiled here, so that a model that was read cannot fail for its syntax later.
 */
export function parseModels(
  documents: readonly Json[],
  locate: (document: number) => Locate = () => () => undefined,
): Result<readonly OperatorModel[]> {
  const diagnostics: Diagnostic[] = [];
  const models = documents.flatMap((document, index) => {
    const problems = readProblems(document, locate(index));
    diagnostics.push(...problems);
    const parsed = operatorModel.safeParse(document);
    return parsed.success ? [parsed.data] : [];
  });
  diagnostics.push(...duplicates(models));
  return diagnostics.length > 0 ? failed(diagnostics) : ok(models);
}

function readProblems(document: Json, locate: Locate): readonly Diagnostic[] {
  const parsed = operatorModel.safeParse(document);
  const name = nameOf(document);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => {
      const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
      return labErrors.E_LAB_MODEL.diagnostic({
        what: `operator model ${name}: ${lowerFirst(issue.message)}`,
        fix: 'see the reference of OperatorModel for the fields of a model and their types',
        where: { path: printPath(path), ...locate(path) },
      });
    });
  }
  return expressionProblems(document, locate).map((problem) => ({
    ...problem,
    what: `operator model ${name}: ${problem.what}`,
  }));
}

/** Fields whose whole text is CEL, without `${{ }}`. */
const celFields = new Set(['when', 'until', 'forEach']);

function expressionProblems(document: Json, locate: Locate): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const check = (source: string, path: Path) => {
    try {
      compileCel(source);
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      found.push(
        ...diagnosticsOf(error).map((problem) => ({ ...problem, where: { path: printPath(path), ...locate(path) } })),
      );
    }
  };
  const text = (value: string, path: Path) => {
    // A template may well have a field called `when`, so only the model's own fields count.
    if (
      celFields.has(String(path.at(-1))) &&
      !path.includes('object') &&
      !path.includes('status') &&
      !path.includes('patch')
    )
      return check(value, path);
    for (const segment of findExpressions(value).segments)
      if (segment.kind === 'expression') check(segment.source, path);
  };
  const walk = (value: Json, path: Path): void => {
    if (typeof value === 'string') return text(value, path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) walk(item, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(document, []);
  return found;
}

function duplicates(models: readonly OperatorModel[]): readonly Diagnostic[] {
  const names = models.map(({ metadata }) => metadata.name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) =>
    labErrors.E_LAB_MODEL.diagnostic({
      what: `two operator models are called ${name}`,
      fix: 'give each its own metadata.name',
      where: { path: 'metadata.name' },
    }),
  );
}

function nameOf(document: Json): string {
  const parsed = operatorModel.shape.metadata.safeParse(
    typeof document === 'object' && document !== null && 'metadata' in document ? document['metadata'] : undefined,
  );
  return parsed.success ? parsed.data.name : '(without a name)';
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
