import { sortDiagnostics, type Diagnostic } from '@cluster-forge/base';

/** In the order of files and lines; the same finding from the same place counts once, however many stages ran into it. */
export function sortProblems(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const keyed = problems.map(
    (problem) => [JSON.stringify([problem.code, problem.what, problem.where]), problem] as const,
  );
  return sortDiagnostics([...new Map(keyed).values()]);
}
