import type { Diagnostic } from './error.ts';

/** States of a task, in the order a person meets them. `cached` is a kind of done: the work had been done before. */
export type TaskState = 'waiting' | 'running' | 'done' | 'cached' | 'skipped' | 'failed';

/**
 * Everything the engine tells while it works. Reporters turn events into a live view, plain lines or NDJSON; only `kind`, ids and `data` are
 * contract, texts may change. Times are milliseconds since 1970.
 */
export type Event =
  | {
      /** A step of work; sent again on every change. Ids are stable paths such as `deploy/cert-manager/Deployment webhook`. */
      readonly kind: 'task';
      readonly at: number;
      readonly id: string;
      readonly parent?: string;
      readonly title: string;
      readonly state: TaskState;
      /** What it is doing or waiting for, or why it failed; one line. */
      readonly detail?: string;
      readonly progress?: Progress;
    }
  | {
      readonly kind: 'note';
      readonly at: number;
      readonly level: 'debug' | 'info' | 'warning';
      readonly text: string;
      readonly data?: unknown;
    }
  | { readonly kind: 'diagnostic'; readonly at: number; readonly diagnostic: Diagnostic };

export interface Progress {
  readonly done: number;
  /** Absent while it is not known. */
  readonly total?: number;
  readonly unit: 'items' | 'bytes';
}

/** A question the engine needs answered. Without a person the default is taken; without a default that is an error naming `flag`. */
export interface Question {
  readonly id: string;
  readonly text: string;
  readonly kind: 'confirm' | 'text' | 'select';
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly flag: string;
}

/** The engine's only way to the outside: it tells and it asks; it never prints. Confirmations are answered `yes` or `no`. */
export interface Host {
  emit(event: Event): void;
  ask(question: Question): Promise<string>;
}
