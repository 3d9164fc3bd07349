import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentialsOf } from './credentials.ts';
import { readKubeconfig, type Access } from './kubeconfig.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forge-credentials-'));
});
afterAll(() => rm(folder, { recursive: true }));

const access = (user: Access['user']): Access => ({
  contextName: 'c',
  server: 'https://x',
  namespace: 'default',
  tls: { insecure: false },
  user,
});

async function execUser(command: string, script: string): Promise<Access> {
  const kubeconfig = join(folder, 'exec');
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command,
    args: ['-e', script],
    interactiveMode: 'Never',
  };
  const text = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: 'https://x' } }],
    users: [{ name: 'u', user: { exec } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(text));
  return readKubeconfig({ kubeconfig, env: {} });
}

const credential = (status: object) =>
  `console.log(${JSON.stringify(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }))})`;

describe('credentialsOf', () => {
  it.each([
    [{ kind: 'none' } as const, undefined],
    [{ kind: 'token', token: 'abc' } as const, 'Bearer abc'],
    [{ kind: 'basic', username: 'me', password: 'p:w' } as const, `Basic ${Buffer.from('me:p:w').toString('base64')}`],
  ])('authorizes %j', async (user, header) => {
    const { credentials } = await credentialsOf(access(user));
    expect(await credentials.authorization(0)).toBe(header);
    expect(credentials.renew()).toBe(false);
  });

  it('reads a token file again after a minute, and at once after a refusal', async () => {
    const path = join(folder, 'token');
    await writeFile(path, 'one\n');
    const { credentials } = await credentialsOf(access({ kind: 'token-file', path }));
    expect(await credentials.authorization(0)).toBe('Bearer one');
    await writeFile(path, 'two\n');
    expect(await credentials.authorization(1000)).toBe('Bearer one');
    expect(await credentials.authorization(61_001)).toBe('Bearer two');
    await writeFile(path, 'three\n');
    expect(credentials.renew()).toBe(true);
    expect(await credentials.authorization(61_002)).toBe('Bearer three');
  });

  it('asks an exec program through the official client', async () => {
    const { credentials } = await credentialsOf(
      await execUser(process.execPath, credential({ token: 'from-program' })),
    );
    expect(await credentials.authorization(0)).toBe('Bearer from-program');
  });

  it('takes a certificate from an exec program', async () => {
    const given = { clientCertificateData: 'CERT', clientKeyData: 'KEY' };
    const { tls } = await credentialsOf(await execUser(process.execPath, credential(given)));
    expect(tls).toMatchObject({ cert: 'CERT', key: 'KEY' });
  });

  it.each([
    ['fails', process.execPath, 'console.error("CANARY"); process.exit(3)', /failed/],
    ['is missing', join('nowhere', 'login'), '', /is not installed/],
  ])('says when the program %s, without its words', async (_name, command, script, what) => {
    const error: unknown = await credentialsOf(await execUser(command, script)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'E_KUBECONFIG_AUTH', problem: { what: expect.stringMatching(what) } });
    expect(inspect(error)).not.toContain('CANARY');
  });
});
