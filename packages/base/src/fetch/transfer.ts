import { createHash, type Hash } from 'node:crypto';
import type { Context } from '../context.ts';
import { fromHex, type Digest } from '../hash.ts';
import { fetchErrors } from './errors.ts';
import type { Exchange, Answer } from './exchange.ts';
import type { FetchOptions, Sink } from './fetch.ts';
import { judgeError, judgeStatus } from './failure.ts';
import type { Attempt } from './retry.ts';
import { showUrl } from './show-url.ts';

/** One answer that went through a sink. */
export interface Transferred {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** What survives from one try to the next: bytes that the sink holds, and the mark by which the server knows the same file. */
interface Partial {
  hash: Hash;
  received: number;
  validator: string | undefined;
}

/**
 * Makes the tries of one transfer. A try continues where the last one broke off when the server named the version with a strong ETag and still has it; else
 * the sink restarts.
 */
export function transfer(
  exchange: Exchange,
  url: URL,
  options: FetchOptions,
  sink: Sink,
): (ctx: Context) => Promise<Attempt<Transferred>> {
  const partial: Partial = { hash: createHash('sha256'), received: 0, validator: undefined };
  return async (ctx) => {
    try {
      const range =
        partial.received > 0 && partial.validator !== undefined
          ? { from: partial.received, validator: partial.validator }
          : undefined;
      const answer = await exchange(url, options, range, ctx);
      if (answer.status === 416 && range !== undefined) return await brokenRange(partial, answer);
      const isGood = (answer.status >= 200 && answer.status < 300) || (options.accept ?? []).includes(answer.status);
      if (!isGood) {
        answer.discard();
        return judgeStatus(answer.status, answer.headers, answer.url, ctx.clock.now());
      }
      return { ok: true, value: await receive(answer, partial, options, sink) };
    } catch (error) {
      ctx.signal.throwIfAborted();
      return judgeError(error, url);
    }
  };
}

async function receive(answer: Answer, partial: Partial, options: FetchOptions, sink: Sink): Promise<Transferred> {
  if (answer.continuesAt !== partial.received || partial.received === 0) await restart(partial, sink);
  const etag = answer.headers['etag'];
  partial.validator = etag?.startsWith('W/') === true ? undefined : etag;
  const total = options.method === 'HEAD' || answer.length === undefined ? undefined : partial.received + answer.length;
  if (total !== undefined && total > options.maxBytes) {
    answer.discard();
    throw tooLong(answer.url, options.maxBytes, `it announces ${total} bytes`);
  }
  for await (const chunk of answer.body) {
    partial.received += chunk.byteLength;
    if (partial.received > options.maxBytes) {
      answer.discard();
      throw tooLong(answer.url, options.maxBytes, 'it does not end before the limit');
    }
    partial.hash.update(chunk);
    await sink.write(chunk);
    options.onProgress?.(partial.received, total);
  }
  const digest = fromHex(partial.hash.copy().digest('hex'));
  if (answer.status < 300 && options.sha256 !== undefined && options.sha256 !== digest)
    throw wrongBytes(answer.url, options.sha256, digest);
  await sink.close();
  return {
    status: answer.status,
    headers: answer.headers,
    url: showUrl(answer.url),
    digest,
    sizeBytes: partial.received,
  };
}

async function restart(partial: Partial, sink: Sink): Promise<void> {
  partial.hash = createHash('sha256');
  partial.received = 0;
  await sink.restart();
}

/** The server does not have that range any more: the next try begins at the first byte. */
async function brokenRange(partial: Partial, answer: Answer): Promise<Attempt<never>> {
  answer.discard();
  partial.validator = undefined;
  return { ...judgeStatus(answer.status, answer.headers, answer.url, 0), again: true };
}

function tooLong(url: URL, maxBytes: number, why: string): Error {
  return fetchErrors.E_FETCH_SIZE({
    what: `the answer of ${showUrl(url)} is longer than ${maxBytes} bytes`,
    why,
    fix: 'check that the address names the file you mean',
    where: { file: showUrl(url) },
  });
}

function wrongBytes(url: URL, wanted: Digest, got: Digest): Error {
  return fetchErrors.E_FETCH_CHECKSUM({
    what: `${showUrl(url)} is not the file that was pinned`,
    why: `its digest is ${got}, pinned is ${wanted}`,
    fix: 'somebody changed the file, or something on the way did: compare with the publisher before you pin the new digest',
    where: { file: showUrl(url) },
  });
}
