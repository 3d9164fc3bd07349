import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic } from './atomic.ts';
import { joinBelow } from './join-below.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forge-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('writeFileAtomic', () => {
  it('makes directories, replaces what is there, sets the mode and leaves no other file', async () => {
    const path = join(directory, 'a/b/file');
    await writeFileAtomic(path, 'old');
    await writeFileAtomic(path, Buffer.from('new'), { mode: 0o600 });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'a/b'))).toEqual(['file']);
  });

  it('replaces a link instead of writing through it', async () => {
    await writeFile(join(directory, 'target'), 'untouched');
    await symlink(join(directory, 'target'), join(directory, 'link'));
    await writeFileAtomic(join(directory, 'link'), 'new');
    expect(await readFile(join(directory, 'target'), 'utf8')).toBe('untouched');
    expect(await readFile(join(directory, 'link'), 'utf8')).toBe('new');
  });

  it('says why it cannot write, and leaves nothing', async () => {
    await mkdir(join(directory, 'is-a-directory/x'), { recursive: true });
    const path = join(directory, 'is-a-directory');
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({
      code: 'E_FILE_WRITE',
      problem: { where: { file: path } },
    });
    expect(await readdir(directory)).toEqual(['is-a-directory']);
  });
});

describe('joinBelow', () => {
  it.each(['a', 'a/b', './a', 'not-there/yet', '..a', 'a..', 'inside/file', 'ä b', 'a\\b'])(
    'accepts %j',
    async (name) => {
      await mkdir(join(directory, 'real'));
      await symlink('real', join(directory, 'inside'));
      expect(await joinBelow(directory, name)).toBe(join(directory, name));
    },
  );

  it.each([
    ['', 'empty'],
    ['..', '`..`'],
    ['../x', '`..`'],
    ['a/../../x', '`..`'],
    ['a/..', '`..`'],
    ['..\\x', '`..`'],
    ['/etc/passwd', 'absolute'],
    ['\\\\server\\share', 'absolute'],
    ['C:\\x', 'absolute'],
    ['c:x', 'absolute'],
    ['a\0b', 'NUL'],
    ['out', 'links lead it'],
    ['out/passwd', 'links lead it'],
    ['out/not/there', 'links lead it'],
    ['chain/x', 'links lead it'],
    ['real/up/x', 'links lead it'],
  ])('refuses %j', async (name, why) => {
    await mkdir(join(directory, 'real'));
    await symlink('/etc', join(directory, 'out'));
    await symlink('out', join(directory, 'chain'));
    await symlink('../..', join(directory, 'real/up'));
    await expect(joinBelow(directory, name)).rejects.toMatchObject({
      code: 'E_FILE_OUTSIDE',
      exit: 3,
      problem: { why: expect.stringContaining(why) },
    });
  });

  it('accepts names below a root that is itself reached through a link', async () => {
    await mkdir(join(directory, 'real'));
    await symlink('real', join(directory, 'root'));
    expect(await joinBelow(join(directory, 'root'), 'x')).toBe(join(directory, 'root/x'));
  });
});
