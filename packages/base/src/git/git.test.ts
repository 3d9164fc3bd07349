import { lstat, mkdir, readFile, readdir, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRef, parseCommit } from './commit.ts';
import { gitRig, type GitRig } from './git-rig.ts';
import { gitEnvironment, openRemote } from './remote.ts';
import { runGit } from './run-git.ts';
import { openGit, type Git, type GitOptions } from './git.ts';

let rig: GitRig;
beforeEach(async () => {
  rig = await gitRig();
});
afterEach(() => rig.close());

const open = (more: Partial<GitOptions> = {}): Git =>
  openGit({
    program: rig.program,
    directory: join(rig.directory, 'mirrors'),
    allowPrivate: true,
    allowInsecure: true,
    ...more,
  });
const destination = () => join(rig.directory, 'out');
const files = async () => (await readdir(destination(), { recursive: true })).sort();

describe('resolve', () => {
  it('finds branches, tags of both kinds and HEAD; a tag wins over a branch of that name', async () => {
    const first = await rig.commit('first');
    await rig.git('tag', 'light');
    await rig.git('tag', '--annotate', 'v1.0.0', '--message', 'one');
    await rig.git('branch', 'release/1.x');
    await rig.git('branch', 'twice');
    const second = await rig.commit('second');
    await rig.git('tag', 'twice');
    await rig.git('push', '--quiet', '--tags', rig.bare);
    const refs = ['light', 'v1.0.0', 'release/1.x', 'main', 'HEAD', 'twice'];
    const commits = await Promise.all(refs.map((ref) => open().resolve(rig.url, ref, rig.ctx)));
    expect(commits).toEqual([first, first, first, second, second, second]);
  });

  it('takes a full commit as it is, without the network', async () => {
    const commit = 'a'.repeat(40);
    expect(await open().resolve('https://nowhere.example/x.git', commit, rig.ctx)).toBe(commit);
  });

  it('says which ref is missing', async () => {
    await rig.commit('first');
    await expect(open().resolve(rig.url, 'v9', rig.ctx)).rejects.toMatchObject({
      code: 'E_GIT_REF',
      problem: { what: `${rig.url} has no branch or tag "v9"` },
    });
  });

  it.each([
    '-x',
    '--upload-pack=touch /x',
    'a b',
    'a..b',
    'a@{1}',
    '',
    'a\nb',
    ':x',
    '+x',
    'x.lock',
    'x/',
    'x~1',
    '$(id)',
    '^x',
  ])('refuses the name %j', async (ref) => {
    await expect(open().resolve(rig.url, ref, rig.ctx)).rejects.toMatchObject({ code: 'E_GIT_REF' });
    expect(rig.requests).toHaveLength(0);
  });
});

describe('addresses', () => {
  it.each([
    ['--upload-pack=touch x', {}, 'E_GIT_URL'],
    ['ext::sh -c id', {}, 'E_GIT_URL'],
    ['ssh://host/x', {}, 'E_GIT_URL'],
    ['git@github.com:a/b', {}, 'E_GIT_URL'],
    ['git://host/x', {}, 'E_GIT_URL'],
    ['http://example.com/x', { allowInsecure: false }, 'E_GIT_URL'],
    ['/srv/repo', { allowInsecure: false }, 'E_GIT_URL'],
    ['file:///srv/repo', { allowInsecure: false }, 'E_GIT_URL'],
    ['relative/path', {}, 'E_GIT_URL'],
    ['https://169.254.169.254/x', { allowPrivate: false }, 'E_FETCH_ADDRESS'],
    ['https://[::ffff:7f00:1]/x', { allowPrivate: false }, 'E_FETCH_ADDRESS'],
    [
      'https://inner.example/x',
      { allowPrivate: false, resolve: async () => [{ address: '10.1.2.3', family: 4 }] },
      'E_FETCH_ADDRESS',
    ],
    [
      'https://nowhere.example/x',
      { allowPrivate: false, resolve: () => Promise.reject(new Error('ENOTFOUND')) },
      'E_GIT_FETCH',
    ],
  ])('%j is refused', async (url, options, code) => {
    await expect(open(options).resolve(url, 'main', rig.ctx)).rejects.toMatchObject({ code });
  });

  it('connects to the address that was judged, and asks for no other', async () => {
    const remote = await openRemote('https://pinned.example:8443/x.git', {
      resolve: async () => [
        { address: '93.184.216.34', family: 4 },
        { address: '2606:2800:220:1::1', family: 6 },
      ],
    });
    expect(remote.settings).toMatchObject({
      'http.curloptResolve': 'pinned.example:8443:93.184.216.34,[2606:2800:220:1::1]',
    });
    const pinned = {
      ...remote,
      protocol: 'http' as const,
      settings: { 'http.curloptResolve': `pinned.example:${new URL(rig.url).port}:127.0.0.1` },
    };
    const commit = await rig.commit('first');
    const { stdout } = await runGit(
      rig.program,
      ['ls-remote', rig.url.replace('127.0.0.1', 'pinned.example'), 'HEAD'],
      { remote: pinned, env: gitEnvironment(pinned) },
      rig.ctx,
    );
    expect(stdout).toBe(`${commit}\tHEAD\n`);
  });

  it('does not follow a redirect', async () => {
    await rig.commit('first');
    rig.intercept((request, response) => {
      response.writeHead(302, { location: rig.url.replace('repo.git', `other.git${request.url}`) }).end();
      return true;
    });
    await expect(open().resolve(rig.url, 'main', rig.ctx)).rejects.toMatchObject({ code: 'E_GIT_FETCH' });
    expect(rig.requests).toHaveLength(1);
  });

  it('sends credentials to their host, and shows them nowhere', async () => {
    await rig.commit('first');
    rig.intercept((_, response) => {
      response.writeHead(403).end();
      return true;
    });
    const url = rig.url.replace('http://', 'http://user:canary@');
    const error: unknown = await open()
      .resolve(url, 'main', rig.ctx)
      .catch((reason: unknown) => reason);
    expect(rig.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:canary').toString('base64')}`);
    expect(error).toMatchObject({ code: 'E_GIT_FETCH', problem: { fix: expect.stringContaining('credentials') } });
    const shown = JSON.stringify(error) + String(error);
    expect(shown).not.toContain('canary');
    expect(shown).not.toContain(Buffer.from('user:canary').toString('base64'));
  });
});

describe('export', () => {
  it('writes files with their bits and inner links, and asks the network only once', async () => {
    await rig.write({
      'deploy/a.yaml': 'a: 1\n',
      'deploy/sub/run.sh': '#!/bin/sh\n',
      'deploy/ü b': 'x',
      'deploy/empty': '',
      outside: 'no',
    });
    await rig.executable('deploy/sub/run.sh');
    await rig.link('deploy/sub/link', '../a.yaml');
    const commit = await rig.commit('first');
    const exported = await open().export({ url: rig.url, commit, path: 'deploy', destination: destination() }, rig.ctx);
    expect(await files()).toEqual(['a.yaml', 'empty', 'sub', 'sub/link', 'sub/run.sh', 'ü b']);
    expect(exported).toEqual({ fileCount: 5, sizeBytes: 5 + 10 + 1 + 9, submodules: [] });
    expect(((await stat(join(destination(), 'sub/run.sh'))).mode & 0o777).toString(8)).toBe('755');
    expect(await readlink(join(destination(), 'sub/link'))).toBe('../a.yaml');
    const count = rig.requests.length;
    await open().export({ url: rig.url, commit, path: '.', destination: `${destination()}-2` }, rig.ctx);
    expect(rig.requests).toHaveLength(count);
    expect(await readFile(`${destination()}-2/outside`, 'utf8')).toBe('no');
  });

  it('fetches a commit that is not the tip, from a directory, and from a server that gives only tips', async () => {
    await rig.write({ f: 'one' });
    const first = await rig.commit('first');
    await rig.write({ f: 'two' });
    const second = await rig.commit('second');
    await open().export({ url: rig.bare, commit: first, path: '.', destination: destination() }, rig.ctx);
    expect(await readFile(join(destination(), 'f'), 'utf8')).toBe('one');
    rig.intercept((request) => {
      // Without protocol 2 a server shows its refs first and gives only those.
      delete request.headers['git-protocol'];
      return false;
    });
    const old = open({ directory: join(rig.directory, 'mirrors-2') });
    await old.export({ url: rig.url, commit: second, path: '.', destination: `${destination()}-2` }, rig.ctx);
    await old.export({ url: rig.url, commit: first, path: '.', destination: `${destination()}-3` }, rig.ctx);
    expect([await readFile(`${destination()}-2/f`, 'utf8'), await readFile(`${destination()}-3/f`, 'utf8')]).toEqual([
      'two',
      'one',
    ]);
  });

  it('runs nothing of the repository and leaves out submodules', async () => {
    const canary = join(rig.directory, 'canary');
    await rig.write({
      '.gitattributes': '* filter=evil eol=crlf ident\n',
      f: 'a\nb $Id$\n',
      '.gitmodules': `[submodule "s"]\n\tpath = s\n\turl = ${rig.url}\n`,
    });
    await mkdir(join(rig.directory, 'work/s'));
    await rig.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},s`);
    const commit = await rig.commit('first');
    await writeFile(join(rig.bare, 'hooks/post-checkout'), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
    const exported = await open().export({ url: rig.url, commit, path: '.', destination: destination() }, rig.ctx);
    expect(await readFile(join(destination(), 'f'), 'utf8')).toBe('a\nb $Id$\n');
    expect(exported.submodules).toEqual(['s']);
    await expect(stat(canary)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['an absolute link', async () => rig.link('evil', '/etc/passwd'), 'the link evil leads out of it, to /etc/passwd'],
    ['a link upwards', async () => rig.link('evil', '../x'), 'the link evil leads out of it, to ../x'],
    ['a link to the directory above', async () => rig.link('evil', '..'), 'the link evil leads out'],
    [
      'a link that leaves through another link',
      async () => {
        await rig.link('here', '.');
        await rig.link('evil', 'here/..');
      },
      'through another link',
    ],
  ])('refuses %s and leaves nothing', async (_, prepare, why) => {
    await rig.write({ a: 'x' });
    await prepare();
    const commit = await rig.commit('first');
    await expect(
      open().export({ url: rig.url, commit, path: '.', destination: destination() }, rig.ctx),
    ).rejects.toMatchObject({ code: 'E_GIT_TREE', problem: { why: expect.stringContaining(why) } });
    await expect(lstat(destination())).rejects.toThrow('ENOENT');
    expect((await readdir(rig.directory)).sort()).toEqual(['mirrors', 'served', 'work']);
  });

  it.each([
    ['missing', 'there is no such directory'],
    ['file', 'it is a file'],
    ['../x', 'does not stay in the repository'],
    ['/etc', 'does not stay in the repository'],
    ['-x', 'does not stay in the repository'],
  ])('refuses the path %j', async (path, why) => {
    await rig.write({ file: 'x' });
    const commit = await rig.commit('first');
    await expect(
      open().export({ url: rig.url, commit, path, destination: destination() }, rig.ctx),
    ).rejects.toMatchObject({ code: 'E_GIT_TREE', problem: { why: expect.stringContaining(why) } });
  });

  it('says that a commit does not exist', async () => {
    await rig.commit('first');
    const commit = parseCommit('1'.repeat(40)) ?? (await rig.commit('never'));
    await expect(
      open().export({ url: rig.url, commit, path: '.', destination: destination() }, rig.ctx),
    ).rejects.toMatchObject({ code: 'E_GIT_REF' });
  });

  it('goes on in a mirror in which git was killed', async () => {
    const first = await rig.commit('first');
    await open().export({ url: rig.url, commit: first, path: '.', destination: destination() }, rig.ctx);
    const [mirror = ''] = (await readdir(join(rig.directory, 'mirrors'))).filter((name) => name.endsWith('.git'));
    for (const name of ['shallow.lock', 'config.lock', 'packed-refs.lock', 'HEAD.lock'])
      await writeFile(join(rig.directory, 'mirrors', mirror, name), '');
    const second = await rig.commit('second');
    await open().export({ url: rig.url, commit: second, path: '.', destination: `${destination()}-2` }, rig.ctx);
    expect(await readdir(`${destination()}-2`)).toEqual([]);
  });
});

describe('checkRef', () => {
  it.each(['main', 'v1.2.3', 'release/1.x', 'a@b', 'renovate/x+y', '1.0', 'feature_x'])('accepts %j', (ref) => {
    expect(() => checkRef(ref)).not.toThrow();
  });
});
