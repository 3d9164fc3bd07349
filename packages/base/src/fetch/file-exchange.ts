import { open } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { joinBelow } from '../files/join-below.ts';
import { fetchErrors } from './errors.ts';
import type { Answer } from './exchange.ts';

/** Answers from a mirror that is a plain directory. Throws E_FETCH_FILE when the file is not there, E_FILE_OUTSIDE when its name leads out. */
export async function readMirror(directory: string, name: string): Promise<Answer> {
  const path = await joinBelow(directory, name);
  const file = await open(path).catch((error: unknown) => Promise.reject(unreadable(path, error)));
  const facts = await file.stat();
  if (!facts.isFile()) {
    await file.close();
    throw unreadable(path, new Error('it is not a file'));
  }
  const stream = file.createReadStream();
  return {
    status: 200,
    headers: { 'content-length': String(facts.size) },
    body: stream,
    url: pathToFileURL(path),
    continuesAt: 0,
    length: facts.size,
    discard: () => {
      stream.destroy();
    },
  };
}

function unreadable(path: string, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return fetchErrors.E_FETCH_FILE(
    {
      what: `the mirror has no file ${path}`,
      why,
      fix: 'complete the mirror, or remove it to use the original address',
      where: { file: path },
    },
    { cause: error },
  );
}
