import type { KubeObject, ObjectId } from '../object.ts';

/**
 * One Kubernetes object as text. Identity comes from a scan of the text's head; `object` parses on first use, so that the large CRDs, which are
 * nine tenths of all bytes, are almost never parsed. Reading agrees with sigs.k8s.io/yaml (Go YAML, YAML 1.1 details included).
 */
export interface Manifest {
  /** The document without its `---` lines. */
  readonly text: string;
  readonly id: ObjectId;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Where the document stood when it was read: file and first line. Absent for objects made by code. */
  readonly origin?: ManifestOrigin;
  /** Parsed on first use, then kept. Throws E_MANIFEST_YAML when the text is not a Kubernetes object. */
  readonly object: KubeObject;
}

export interface ManifestOrigin {
  readonly file: string;
  readonly line: number;
}
