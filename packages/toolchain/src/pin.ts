import type { Digest } from '@cluster-forge/base/hash';

/** Operating system and processor, in Go's words. */
export type Platform = `${'linux' | 'darwin'}/${'amd64' | 'arm64'}`;

export type ToolName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubectl'
  | 'kwok'
  | 'helm'
  | 'kustomize'
  | 'helmfile'
  | 'git';

/** One file of a publisher. */
export interface Download {
  readonly url: string;
  /**
   * Digest of that file. Undefined when none could be verified: then the file is not used, because a byte that nobody pinned is not trusted; the program is
   * built instead, which go.sum verifies.
   */
  readonly sha256: Digest | undefined;
  /** Path of the program in a .tar.gz; absent when the file is the program itself. */
  readonly member?: string;
}

/** How `go build` makes it. */
export interface BuildRecipe {
  /** Folder below `toolchain/` with go.mod and go.sum. Tools of one folder and group are built by one command, which shares their packages. */
  readonly folder: string;
  readonly package: string;
  /** What Go calls the result. */
  readonly output: string;
  /** Variables set by the linker, `path.name=value`: without them the program does not know its version. */
  readonly stamp: readonly string[];
}

/** A program that we provide, in exactly one version. */
export interface PinnedTool {
  readonly kind: 'pinned';
  readonly name: ToolName;
  readonly version: string;
  /** `core` is needed by every command that uses it; `bench` only by benchmarks, so it is never built along with the others. */
  readonly group: 'core' | 'bench';
  readonly versionArgs: readonly string[];
  readonly downloads: Readonly<Partial<Record<Platform, Download>>>;
  readonly build: BuildRecipe;
}

/** A program that every computer of a developer has; any version from `minimum` on will do. */
export interface SystemTool {
  readonly kind: 'system';
  readonly name: ToolName;
  readonly minimum: string;
  readonly versionArgs: readonly string[];
}

export type Pin = PinnedTool | SystemTool;
