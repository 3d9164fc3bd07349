import type { Diagnostic } from '@cluster-forge/base';
import type { Platform } from '../config/platform.ts';
import type { ObjectSet } from '../objects/set.ts';
import type { SchemaBook } from './schema-book.ts';

/** One check: a file in rules/, a line in rules.ts, and a good and a bad example in its test. Pure. */
export interface CheckRule {
  readonly name: string;
  /** All findings; none is thrown. */
  readonly check: (input: CheckInput) => readonly Diagnostic[];
}

/** What every check sees. */
export interface CheckInput {
  readonly platform: Platform;
  readonly set: ObjectSet;
  readonly schemas: SchemaBook;
  /** Minor version of Kubernetes that the platform is for: 36 for v1.36.3. */
  readonly kubernetesMinor: number;
}
