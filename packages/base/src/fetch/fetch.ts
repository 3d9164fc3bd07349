import type { Context } from '../context.ts';
import type { Digest } from '../hash.ts';

/** The one way out: every byte from the network comes through here. */
export interface Fetcher {
  /** Small answers: an index, a token, a checksum file. Throws E_FETCH_*; statuses in `accept` are returned instead of thrown. */
  get(url: string, options: FetchOptions, ctx: Context): Promise<FetchAnswer>;
  /** Streams into `sink`, hashing on the way. Throws E_FETCH_CHECKSUM before the sink is told that it is complete. */
  download(url: string, options: FetchOptions, sink: Sink, ctx: Context): Promise<Downloaded>;
}

export interface FetchOptions {
  /** Upper limit; a longer answer ends the download with E_FETCH_SIZE. */
  readonly maxBytes: number;
  readonly sha256?: Digest;
  /** Sent to the first origin only; dropped when a redirect leaves it. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: 'GET' | 'HEAD';
  /** Statuses that the caller wants to see, such as 401 for a token challenge. */
  readonly accept?: readonly number[];
  /** Called with bytes so far and, where the server tells, the total. */
  readonly onProgress?: (done: number, total?: number) => void;
}

export interface FetchAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** After redirects and mirrors, without credentials. */
  readonly url: string;
}

/** Receives the bytes of one download. `restart` is called before each try that begins at the first byte, the first one included: forget what came so far. */
export interface Sink {
  restart(): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface Downloaded {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly url: string;
}
