import type { Diagnostic, ForgeError } from './error.ts';

/** The findings an error carries, or the error itself as one finding: for callers that collect where others throw. */
export function diagnosticsOf(error: ForgeError): readonly Diagnostic[] {
  if (error.diagnostics.length > 0) return error.diagnostics;
  return [{ severity: 'error', code: error.code, ...error.problem }];
}

/** Order for people: by file, line and column, then code. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compareText(a.where?.file, b.where?.file) ||
      (a.where?.line ?? 0) - (b.where?.line ?? 0) ||
      (a.where?.column ?? 0) - (b.where?.column ?? 0) ||
      compareText(a.code, b.code) ||
      compareText(a.what, b.what),
  );
}

function compareText(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
