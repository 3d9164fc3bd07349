import type { Task } from '@cluster-forge/base';
import type { Pool } from '@cluster-forge/base/exec/pool';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import type { Scope } from '@cluster-forge/base/cel/cel';
import type { Component, Source } from '../config/platform.ts';
import type { ForgeContext } from '../context.ts';
import type { MinedSource } from '../mine/lock.ts';

/** What a renderer works on. */
export interface RenderInput<S extends Source = Source> {
  readonly component: Component;
  readonly source: S;
  readonly mined: MinedSource;
  /** `v1.36.3`. */
  readonly kubeVersion: string;
  /** Further `group/version` and `group/version/Kind` entries that charts may ask for. */
  readonly apiVersions: readonly string[];
  /** What template expressions see. */
  readonly scope: Scope;
}

export interface RenderContext extends ForgeContext {
  readonly task: Task;
  /** Limits programs that run at a time to the computer's cores. */
  readonly programs: Pool;
}

/** One object as its source gave it. */
export interface RawObject {
  readonly manifest: Manifest;
  /** The file it comes from, relative to the source, with its first line where that line can be opened. */
  readonly from?: { readonly file: string; readonly line?: number };
}

/** Turns the bytes of one source into objects. Throws ForgeErrors that carry all findings; the caller adds which source it was. */
export interface Renderer<S extends Source = Source> {
  /** The program it runs, if any. */
  readonly tool?: 'helm' | 'kustomize';
  render(input: RenderInput<S>, ctx: RenderContext): Promise<readonly RawObject[]>;
}
