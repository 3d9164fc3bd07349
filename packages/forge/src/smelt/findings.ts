import { ForgeError, type Diagnostic } from '@cluster-forge/base';

/** Throws one error that carries all findings; does nothing when there are none. */
export function throwAll(findings: readonly Diagnostic[]): void {
  const [first] = findings;
  if (first === undefined) return;
  const { severity: _severity, code, related: _related, ...problem } = first;
  throw new ForgeError(code, 3, problem, { diagnostics: findings });
}
