import type { Task } from '@cluster-forge/base';
import type { GitOptions } from '@cluster-forge/base/git/git';
import type { Digest } from '@cluster-forge/base/hash';
import type { Source } from '../config/platform.ts';
import type { ForgeContext } from '../context.ts';
import type { LockedSource, MinedSource } from './lock.ts';

/** Address policy and credentials for git, as base/git knows them. */
export type GitAccess = Pick<GitOptions, 'allowPrivate' | 'allowInsecure' | 'credentials'>;

/** What a source kind may use while it brings bytes. */
export interface MineContext extends ForgeContext {
  /** The source's own step of work, for progress. */
  readonly task: Task;
  /** Directory of the user's Docker configuration, which holds registry credentials. */
  readonly dockerConfig: string;
  /** Which git servers may be reached, and as whom. */
  readonly git: GitAccess;
}

/** What was found for a source: facts for the lock and a place to read it from. */
export interface Brought {
  readonly resolved?: string;
  readonly version?: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly path: string;
  readonly form: MinedSource['form'];
}

/** One way to get manifests. A new kind is one file beside the others and one line in `kinds.ts`. */
export interface SourceKind<S extends Source = Source> {
  /** What is asked for, in the words of the lock. Local paths are left out: the same platform has other paths on another computer. */
  request(source: S): Readonly<Record<string, string>>;
  /**
   * Brings the bytes. With `pin`, remote kinds bring exactly the pinned bytes (from the store, else from the pinned address) or throw; local kinds
   * read what is there and the caller compares. Without `pin` they resolve the request. Throws ForgeErrors of one source.
   */
  bring(source: S, pin: LockedSource | undefined, ctx: MineContext): Promise<Brought>;
}
