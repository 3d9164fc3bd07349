import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendTo, parseJournal, startJournal, type Entry } from './journal.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forge-journal-'));
});
afterEach(() => rm(directory, { recursive: true }));

const begin: Entry = { kind: 'begin', release: 3, graphDigest: 'sha256:0', who: 'me' };
const intent = (key: string): Entry => ({ kind: 'intent', operation: 'apply', key });

describe('journal', () => {
  it('keeps entries in order, also those written at the same time', async () => {
    const path = join(directory, 'deep', 'journal.ndjson');
    const journal = await startJournal(path, [], () => 7);
    await journal.write(begin);
    await Promise.all(Array.from({ length: 50 }, (_, index) => journal.write(intent(`k${index}`))));
    journal.note({ kind: 'end', outcome: 'succeeded' });
    await journal.close();
    const history = parseJournal(await readFile(path, 'utf8'));
    expect(history.lines.map((line) => ('key' in line ? line.key : line.kind))).toEqual([
      'begin',
      ...Array.from({ length: 50 }, (_, index) => `k${index}`),
      'end',
    ]);
    expect(history).toMatchObject({ isFinished: true, isTorn: false, damaged: 0 });
  });

  it('has every written entry on the disk before it says so', async () => {
    const path = join(directory, 'journal.ndjson');
    const journal = await startJournal(path, [], () => 7);
    await journal.write(begin);
    expect(parseJournal(await readFile(path, 'utf8')).lines).toEqual([{ at: 7, ...begin }]);
    await journal.close();
  });

  it('reads past a torn last line and damaged ones', async () => {
    const path = join(directory, 'journal.ndjson');
    const journal = await startJournal(path, [], () => 7);
    await journal.write(begin);
    await journal.close();
    await appendFile(path, 'garbage\n{"at":8,"kind":"intent","oper');
    expect(parseJournal(await readFile(path, 'utf8'))).toMatchObject({
      isFinished: false,
      isTorn: true,
      damaged: 1,
      lines: [begin],
    });
  });

  it('is finished when there is none', () => expect(parseJournal('')).toMatchObject({ isFinished: true, lines: [] }));

  it('carries lines of the run before over', async () => {
    const path = join(directory, 'journal.ndjson');
    const done = { kind: 'done', key: 'Job', digest: 'sha256:1', at: 5 } as const;
    await (await startJournal(path, [done], () => 7)).close();
    expect(parseJournal(await readFile(path, 'utf8')).lines).toEqual([done]);
  });

  it('fails with the path when it cannot be written', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(startJournal(join(directory, 'file', 'journal.ndjson'), [], () => 7)).rejects.toMatchObject({
      code: 'E_FILE_WRITE',
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'says when the disk is full, to everybody who waits (skipped without Linux and its /dev/full)',
    async () => {
      const journal = await appendTo('/dev/full', () => 7);
      const writes = await Promise.allSettled([journal.write(begin), journal.write(intent('k'))]);
      expect(writes).toMatchObject([{ reason: { code: 'E_FILE_FULL' } }, { reason: { code: 'E_FILE_FULL' } }]);
      await journal.close();
    },
  );
});
