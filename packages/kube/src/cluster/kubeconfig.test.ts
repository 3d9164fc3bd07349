import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKubeconfig } from './kubeconfig.ts';

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forge-kubeconfig-'));
  await writeFile(join(folder, 'ca.pem'), pem);
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const config = (user: string, cluster = 'server: https://k8s.example:6443/') =>
  `apiVersion: v1\nkind: Config\ncurrent-context: main\ncontexts:\n- name: main\n  context: {cluster: c, user: u, namespace: team}\n- name: bare\n  context: {cluster: c}\nclusters:\n- name: c\n  cluster: {${cluster}}\nusers:\n- name: u\n  user: ${user}\n`;

describe('readKubeconfig', () => {
  const users: readonly (readonly [string, string, object])[] = [
    ['a token', '{token: abc}', { kind: 'token', token: 'abc' }],
    ['a password', '{username: me, password: "1"}', { kind: 'basic', username: 'me', password: '1' }],
    [
      'an exec program',
      '{exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}',
      { kind: 'external', program: 'aws' },
    ],
    ['an auth provider', '{auth-provider: {name: oidc}}', { kind: 'external', program: 'oidc' }],
    ['nothing', '{}', { kind: 'none' }],
  ];
  it.each(users)('reads a user with %s', async (_name, user, expected) => {
    const access = await readKubeconfig({ kubeconfig: await file('users', config(user)), env: {} });
    expect(access).toMatchObject({
      contextName: 'main',
      server: 'https://k8s.example:6443',
      namespace: 'team',
      user: expected,
    });
  });

  it('reads certificates from data and from files beside the kubeconfig', async () => {
    const data = Buffer.from(pem).toString('base64');
    const text = config(
      `{client-certificate-data: ${data}, client-key-data: ${data}}`,
      'server: https://x, certificate-authority: ca.pem, tls-server-name: inside',
    );
    const { tls, user } = await readKubeconfig({ kubeconfig: await file('certs', text), env: {} });
    expect(tls).toEqual({ ca: pem, cert: pem, key: pem, serverName: 'inside', insecure: false });
    expect(user).toEqual({ kind: 'none' });
  });

  it('takes a token file relative to the kubeconfig', async () => {
    const { user } = await readKubeconfig({ kubeconfig: await file('token', config('{tokenFile: t}')), env: {} });
    expect(user).toEqual({ kind: 'token-file', path: join(folder, 't') });
  });

  it('merges the files of KUBECONFIG, the first wins, absent ones do not matter', async () => {
    const first = await file(
      'first',
      'current-context: bare\nclusters:\n- name: c\n  cluster: {server: https://first}\n',
    );
    const second = await file('second', config('{token: abc}'));
    const access = await readKubeconfig({
      env: { KUBECONFIG: [join(folder, 'absent'), first, second].join(delimiter) },
    });
    expect(access).toMatchObject({
      contextName: 'bare',
      server: 'https://first',
      namespace: 'default',
      user: { kind: 'none' },
    });
  });

  it('uses the chosen context', async () => {
    const access = await readKubeconfig({
      kubeconfig: await file('choice', config('{token: abc}')),
      context: 'bare',
      env: {},
    });
    expect(access).toMatchObject({ contextName: 'bare', user: { kind: 'none' } });
  });

  const broken: readonly {
    readonly name: string;
    readonly text: string;
    readonly code: string;
    readonly what: RegExp;
    readonly fix?: RegExp;
    readonly context?: string;
  }[] = [
    {
      name: 'a context that is not there',
      text: config('{}'),
      context: 'other',
      code: 'E_KUBECONFIG_CONTEXT',
      what: /no context "other"/,
      fix: /main, bare/,
    },
    { name: 'no current context', text: 'clusters: []\n', code: 'E_KUBECONFIG_CONTEXT', what: /no current-context/ },
    {
      name: 'a user that is not there',
      text: config('{}').replace('name: u', 'name: v'),
      code: 'E_KUBECONFIG_CONTEXT',
      what: /names the user "u"/,
      fix: /choose one of: v/,
    },
    {
      name: 'no server',
      text: config('{}', 'insecure-skip-tls-verify: true'),
      code: 'E_KUBECONFIG_INVALID',
      what: /no valid server address/,
    },
    {
      name: 'a server that is no address',
      text: config('{}', 'server: "not an address"'),
      code: 'E_KUBECONFIG_INVALID',
      what: /no valid server address/,
    },
    {
      name: 'a certificate that is none',
      text: config('{}', 'server: https://x, certificate-authority-data: aGVsbG8='),
      code: 'E_KUBECONFIG_INVALID',
      what: /not PEM/,
    },
    {
      name: 'a certificate file that is not there',
      text: config('{}', 'server: https://x, certificate-authority: gone.pem'),
      code: 'E_KUBECONFIG_INVALID',
      what: /gone\.pem/,
    },
    { name: 'a list', text: '- a\n', code: 'E_KUBECONFIG_INVALID', what: /not a map/ },
    { name: 'broken YAML', text: 'a: "\n', code: 'E_KUBECONFIG_INVALID', what: /not valid YAML/ },
  ];
  it.each(broken)('refuses $name and names the file', async ({ text, code, what, fix, context }) => {
    const kubeconfig = await file('broken', text);
    await expect(
      readKubeconfig({ kubeconfig, env: {}, ...(context === undefined ? {} : { context }) }),
    ).rejects.toMatchObject({
      code,
      problem: {
        what: expect.stringMatching(what),
        fix: expect.stringMatching(fix ?? /./),
        where: { file: expect.stringContaining(folder) },
      },
    });
  });

  it('says where it looked when there is none', async () => {
    await expect(readKubeconfig({ env: { HOME: folder } })).rejects.toMatchObject({
      code: 'E_KUBECONFIG_MISSING',
      problem: { what: expect.stringContaining(join(folder, '.kube', 'config')) },
    });
  });

  it('keeps credentials out of messages', async () => {
    const kubeconfig = await file('secret', config('{token: CANARY-123}', 'server: nowhere'));
    const error: unknown = await readKubeconfig({ kubeconfig, env: {} }).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error)).not.toContain('CANARY');
  });
});
