import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { component, platform } from '@cluster-forge/forge/config/fixture';
import { packTar, type TarEntry } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { helmRepository } from '../forge/servers/helm-repository.ts';
import { serve, serveFiles, type TestServer } from '../forge/servers/serve.ts';
import { cliRig, type CliRig } from './rig.ts';

let rig: CliRig;
let servers: TestServer[];
beforeEach(async () => {
  servers = [];
  rig = await cliRig({ FORGE_ALLOW_PRIVATE: '127.0.0.1' });
});
afterEach(async () => {
  await rig.end();
  await Promise.all(servers.map((server) => server.close()));
});

async function served(server: Promise<TestServer>): Promise<TestServer> {
  servers.push(await server);
  return server;
}

/** Runs `forge mine` on a platform of one component with one source; files in the folder must stay as they are. */
async function mineFails(source: string, files: Readonly<Record<string, string>> = {}, words = ['mine']) {
  await rig.write({
    'platform.yaml': platform('  components: {app: {}}'),
    'catalog/app/component.yaml': component('app', `  sources: [${source}]`),
    ...files,
  });
  const before = await rig.snapshot();
  const { code, stdout, stderr } = await rig.run(words);
  expect([code, stdout]).toEqual([3, '']);
  expect(await rig.snapshot()).toEqual(before);
  return stderr;
}

/** Every finding names the source and the line that asks for it, and says what to do. */
function expectFinding(stderr: string, code: string): void {
  expect(stderr).toMatch(new RegExp(`^error .* ${code}$`, 'm'));
  expect(stderr).toMatch(/^ {2}where \S*catalog\/app\/component\.yaml:5:\d+/m);
  expect(stderr).toMatch(/^ {2}fix {3}\S/m);
  expect(stderr).toContain('app');
}

const announced = 10_000_000_000;

const answers: Readonly<Record<string, readonly [code: string, answer: (response: ServerResponse) => void]>> = {
  '404': ['E_FETCH_STATUS', (response) => response.writeHead(404).end('no such page')],
  '500 for ever': ['E_FETCH_STATUS', (response) => response.writeHead(500).end()],
  'a login page': ['E_MINE_CONTENT', (response) => response.end('<!DOCTYPE html><html>sign in</html>')],
  'an answer that is cut off': [
    'E_FETCH_NETWORK',
    (response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('apiVersion: v1\n', () => response.destroy());
    },
  ],
  'an answer without end': [
    'E_FETCH_SIZE',
    (response) => {
      const chunk = Buffer.alloc(1 << 20, '# nothing\n');
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    },
  ],
  '10 GB': ['E_FETCH_SIZE', (response) => void response.writeHead(200, { 'content-length': announced }).write('a')],
};

describe('a manifest by URL', () => {
  test.each(Object.entries(answers))('%s', { timeout: 60_000 }, async (_name, [code, answer]) => {
    const { origin } = await served(serve((_request, response) => answer(response)));
    const stderr = await mineFails(`{manifest: {url: "${origin}/all.yaml"}}`);
    expectFinding(stderr, code);
    expect(stderr).toContain(`${origin}/all.yaml`);
  });

  test('a wrong checksum tells both', async () => {
    const { origin } = await served(
      serveFiles({ '/all.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n' }),
    );
    const wanted = 'ab'.repeat(32);
    const stderr = await mineFails(`{manifest: {url: "${origin}/all.yaml", sha256: ${wanted}}}`);
    expectFinding(stderr, 'E_FETCH_CHECKSUM');
    expect(stderr).toContain(wanted);
    expect(stderr).toMatch(/is (?:sha256:)?(?!abab)[0-9a-f]{64}|(?:sha256:)?(?!abab)[0-9a-f]{64}/);
  });

  test('a private address that nobody allowed is not asked', async () => {
    const server = await served(serveFiles({ '/all.yaml': 'a' }));
    await rig.write({
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', `  sources: [{manifest: {url: "${server.origin}/all.yaml"}}]`),
    });
    const { code, stderr } = await rig.run(['mine'], { FORGE_ALLOW_PRIVATE: '' });
    expect(code).toBe(3);
    expectFinding(stderr, 'E_FETCH_ADDRESS');
    expect(stderr).toContain('FORGE_ALLOW_PRIVATE');
    expect(server.requests).toEqual([]);
  });

  test('a server that nobody runs', { timeout: 60_000 }, async () => {
    const server = await serve(() => {});
    await server.close();
    const stderr = await mineFails(`{manifest: {url: "${server.origin}/all.yaml"}}`);
    expectFinding(stderr, 'E_FETCH_NETWORK');
    expect(stderr).toMatch(/nobody listens there/);
  });

  test('--locked refuses what forge.lock does not pin, without asking for it', async () => {
    const server = await served(serveFiles({ '/all.yaml': 'a: 1' }));
    const stderr = await mineFails(`{manifest: {url: "${server.origin}/all.yaml"}}`, {}, ['mine', '--locked']);
    expectFinding(stderr, 'E_MINE_UNLOCKED');
    expect(server.requests).toEqual([]);
  });
});

describe('a chart', () => {
  const file = (name: string, body = 'x'): TarEntry => ({ header: { name, size: body.length }, body });
  const chart = file('app/Chart.yaml', 'apiVersion: v2\nname: app\nversion: 1.0.0\n');
  const link = (type: 'symlink' | 'link', name: string, linkname: string): TarEntry => ({
    header: { name, size: 0, type, linkname },
  });

  test.each<[string, TarEntry]>([
    ['a file above the archive', file('../outside')],
    ['a file above the archive, deeper', file('app/templates/../../../outside')],
    ['an absolute file', file('/etc/outside')],
    ['a symbolic link', link('symlink', 'app/link', '/etc/passwd')],
    ['a hard link', link('link', 'app/link', 'app/Chart.yaml')],
  ])('with %s is refused whole', async (_name, entry) => {
    const bytes = gzipSync(await packTar([chart, entry]));
    const { origin } = await served(helmRepository([{ name: 'app', version: '1.0.0', bytes }]));
    const stderr = await mineFails(`{helm: {chart: app, repository: "${origin}", version: 1.0.0}}`);
    expectFinding(stderr, 'E_MINE_ARCHIVE');
    expect(stderr).toContain(entry.header.name);
  });

  test('that unpacks to gigabytes is refused', { timeout: 60_000 }, async () => {
    const bytes = gzipSync(Buffer.alloc(600 * 1024 * 1024));
    const { origin } = await served(helmRepository([{ name: 'app', version: '1.0.0', bytes }]));
    const stderr = await mineFails(`{helm: {chart: app, repository: "${origin}", version: 1.0.0}}`);
    expectFinding(stderr, 'E_MINE_ARCHIVE');
    expect(stderr).toMatch(/\d (?:bytes|MB|GB|MiB|GiB)/);
  });

  test('whose bytes are not those of the index', async () => {
    const digest = 'ab'.repeat(32);
    const { origin } = await served(helmRepository([{ name: 'app', version: '1.0.0', digest }]));
    const stderr = await mineFails(`{helm: {chart: app, repository: "${origin}", version: 1.0.0}}`);
    expectFinding(stderr, 'E_FETCH_CHECKSUM');
    expect(stderr).toContain(digest);
  });
});

describe('objects', () => {
  const lines = (count: number, line: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => line(at)).join('');
  const references = (name: string) => Array.from({ length: 10 }, () => `*${name}`).join(', ');
  const bomb = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\ndata:\n  a0: &a0 [x]\n${lines(9, (at) => `  a${at + 1}: &a${at + 1} [${references(`a${at}`)}]\n`)}`;

  test.each([
    ['a YAML bomb', bomb, /E_(?:YAML|MANIFEST)_\w+/],
    ['broken YAML', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n', /E_(?:YAML|MANIFEST)_\w+/],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', /E_MANIFEST_\w+/],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n', /E_MANIFEST_\w+/],
    ['a list', '- a\n- b\n', /E_MANIFEST_\w+/],
  ])('%s', async (_name, text, code) => {
    await rig.write({
      'platform.yaml': platform('  components: {app: {}}'),
      'catalog/app/component.yaml': component('app', '  sources: [{manifest: {file: all.yaml}}]'),
      'catalog/app/all.yaml': text,
    });
    const { code: exit, stderr } = await rig.run(['check']);
    expect(exit).toBe(3);
    expect(stderr).toMatch(code);
    expect(stderr).toMatch(/^ {2}where \S*all\.yaml:\d+/m);
    expect(stderr).toMatch(/^ {2}fix {3}\S/m);
  });

  test('two components that make one object are told with both places, and nothing is written', async () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shared}\n';
    await rig.write({
      'platform.yaml': platform('  components: {one: {}, two: {}}'),
      'catalog/one/component.yaml': component('one', '  sources: [{manifest: {file: one.yaml}}]'),
      'catalog/one/one.yaml': namespace,
      'catalog/two/component.yaml': component('two', '  sources: [{manifest: {file: two.yaml}}]'),
      'catalog/two/two.yaml': namespace,
    });
    const { code, stderr } = await rig.run(['deploy', '--lab']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error .*Namespace shared.* E_\w+$/m);
    for (const name of ['one', 'two'])
      expect(stderr).toMatch(new RegExp(`^  (?:where|also)  ?.*catalog/${name}/component\\.yaml:5`, 'm'));
    expect(Object.keys(await rig.snapshot()).filter((path) => path.startsWith('working/'))).toEqual([]);
  });
});
