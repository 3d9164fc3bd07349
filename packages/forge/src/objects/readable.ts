import { type Diagnostic, diagnosticsOf, ForgeError } from '@cluster-forge/base';
import { isCrd } from '@cluster-forge/kube/schema/crd-head';
import type { Rendered, RenderedObject } from '../smelt/rendered.ts';

/** Rendered objects without those that cannot be read, and a finding for each of these. */
export interface Readable {
  readonly rendered: readonly Rendered[];
  readonly findings: readonly Diagnostic[];
}

/** Reads every object but the CRDs, which stay text: only those whose resources are in the set are ever parsed. */
export function readObjects(rendered: readonly Rendered[]): Readable {
  const findings: Diagnostic[] = [];
  const readable = rendered.map((part) => ({
    ...part,
    objects: part.objects.filter((object) => isReadable(object, findings)),
  }));
  return { rendered: readable, findings };
}

function isReadable({ manifest }: RenderedObject, findings: Diagnostic[]): boolean {
  if (isCrd(manifest)) return true;
  try {
    return manifest.object.kind !== '';
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    findings.push(...diagnosticsOf(error));
    return false;
  }
}
