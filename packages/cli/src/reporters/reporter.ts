import type { Host } from '@cluster-forge/base';

/** A host that shows what happens to a person or a program. `close` leaves the stream in order. */
export interface Reporter extends Host {
  close(): void;
}

/** Where a reporter writes: standard error, or a list of strings in a test. */
export interface Sink {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}
