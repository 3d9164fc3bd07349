import type { Diagnostic, Where } from '@cluster-forge/base';
import { parsePath } from '@cluster-forge/base/path';
import { parseYaml, type YamlDocument } from '@cluster-forge/base/yaml/yaml';
import { type Member, type ObjectSet, placeOf } from '../objects/set.ts';

/** Findings at the line of their field instead of the first line of its document. Only documents with findings are read for it. */
export function pinpoint(findings: readonly Diagnostic[], set: ObjectSet): readonly Diagnostic[] {
  if (findings.length === 0) return findings;
  const members = new Map(set.members.map((member) => [keyOf(placeOf(member)), member]));
  const documents = new Map<Member, YamlDocument | undefined>();
  return findings.map((finding) => {
    const member = finding.where === undefined ? undefined : members.get(keyOf(finding.where));
    if (member === undefined || finding.where?.path === undefined) return finding;
    if (!documents.has(member)) documents.set(member, documentOf(member));
    return { ...finding, where: exact(finding.where, documents.get(member)) };
  });
}

function keyOf({ file = '', line = 0 }: Where): string {
  return `${file}:${line}`;
}

/** undefined for text that is YAML to Go and not to us: the first line of the document has to do. */
function documentOf({ manifest }: Member): YamlDocument | undefined {
  const { documents, diagnostics } = parseYaml(manifest.text, '');
  return diagnostics.some(({ severity }) => severity === 'error') ? undefined : documents[0];
}

function exact(where: Where, document: YamlDocument | undefined): Where {
  const path = parsePath(where.path ?? '');
  const found = path && document?.where(path);
  if (found?.line === undefined) return where;
  const line = (where.line ?? 1) + found.line - 1;
  return found.column === undefined ? { ...where, line } : { ...where, line, column: found.column };
}
