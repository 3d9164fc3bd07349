import type { Json, JsonObject, Where } from '@cluster-forge/base';
import type { HealthRule } from '@cluster-forge/kube/health/verdict';

/** A platform after all layers have been merged and every expression in configuration has been evaluated. The input of all later stages. */
export interface Platform {
  readonly name: string;
  /** Directory of `platform.yaml`; lock, working tree, custom patches and `.forge/` state live here. */
  readonly directory: string;
  readonly environment?: string;
  readonly params: JsonObject;
  /** Enabled components, by name in alphabetical order. */
  readonly components: readonly Component[];
  /** Components that are known here but switched off, by name: `components["x"].enabled` is false for them. Absent: none. */
  readonly disabled?: readonly string[];
  /** Capability to the component that provides it here. */
  readonly providers: Readonly<Record<string, string>>;
  /** Which layer set each leaf, by dotted path such as `components.minio.values.replicas`. */
  readonly origins: Origins;
}

/** Chain of layers that set a leaf, strongest first; the first one won. */
export type Origins = ReadonlyMap<string, readonly Origin[]>;

export interface Origin {
  /** For people: `component minio`, `stack airm-local`, `environment dev`, `platform.yaml`, `--set`. */
  readonly layer: string;
  readonly value: Json;
  readonly where?: Where;
}

export interface Component {
  readonly name: string;
  /** Folder that holds component.yaml and the files beside it. */
  readonly directory: string;
  readonly version: string;
  readonly category: string;
  readonly title: string;
  /** Namespace of namespaced objects that name none. */
  readonly namespace: string;
  /** Labels put on the component's own namespace, which the line creates; absent: the namespace exists already, as `kube-system` does. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly sources: readonly Source[];
  readonly values: JsonObject;
  readonly requires: readonly Requirement[];
  readonly provides: readonly string[];
  readonly secrets: readonly SecretSpec[];
  readonly health: readonly HealthRule[];
  /** Operator models (documents of simulate.yaml) that a lab runs in place of the operators this component brings. */
  readonly simulate: readonly Json[];
  readonly gate: Gate;
  readonly where: Where;
}

/** How long a component may take and how long it must stay ready. */
export interface Gate {
  readonly timeoutMs: number;
  readonly settleMs: number;
}

/** A need, resolved to the component that meets it. */
export interface Requirement {
  readonly component: string;
  /** For people and graphs: `capability postgres`, `component cert-manager`. */
  readonly reason: string;
}

/** Where manifests come from. Paths are absolute; URLs have their expressions resolved. `id` is `<component>/<index>`. */
export type Source =
  | HelmSource
  | {
      readonly kind: 'manifest';
      readonly id: string;
      readonly url?: string;
      readonly file?: string;
      readonly sha256?: string;
      readonly where: Where;
    }
  | {
      readonly kind: 'files';
      readonly id: string;
      readonly directory: string;
      readonly include: readonly string[];
      readonly where: Where;
    }
  | { readonly kind: 'template'; readonly id: string; readonly directory: string; readonly where: Where }
  | KustomizeSource;

export interface HelmSource {
  readonly kind: 'helm';
  readonly id: string;
  /** `oci://host/path/chart`, a chart name together with `repository`, or an absolute directory. */
  readonly chart: string;
  /** `https://...` index location; absent for OCI and directories. */
  readonly repository?: string;
  readonly version: string;
  readonly release: string;
  /** Values for this chart: the component's values, or the part named by `valuesKey`. */
  readonly values: JsonObject;
  readonly includeCrds: boolean;
  readonly where: Where;
}

export interface KustomizeSource {
  readonly kind: 'kustomize';
  readonly id: string;
  /** Absolute directory, or absent with `git`. */
  readonly directory?: string;
  readonly git?: { readonly url: string; readonly commit: string; readonly path: string };
  readonly where: Where;
}

/**
 * A Secret made once, in the cluster, by a deploy. Values never enter git, rendered output, journals or logs.
 * Keys that are templates may use `${{ keys.other }}`; they are evaluated last.
 */
export interface SecretSpec {
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly keys: Readonly<Record<string, SecretKey>>;
  readonly where: Where;
}

export type SecretKey =
  | { readonly generate: 'password'; readonly length: number; readonly alphabet: 'alphanumeric' | 'hex' | 'base64url' }
  | { readonly generate: 'uuid' }
  | { readonly generate: 'rsa' | 'ed25519' }
  | { readonly value: string }
  | { readonly template: string };
