import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '@cluster-forge/base';
import type { SecretSource } from '@cluster-forge/forge/deploy/secret-values';
import { status } from '@cluster-forge/forge/operate/status';
import { fieldAt } from '@cluster-forge/kube/object';
import { testContext } from '../../rig/context.ts';
import { deployment, namespace } from './manifests.ts';
import { deployRig, type Parts } from './rig.ts';

const rig = deployRig('secrets');

const canary = 'Canary7xQ2mW9rTz4';
/** Hands out values that are easy to look for. */
const canaries: SecretSource = {
  password: () => canary,
  uuid: () => canary,
  privateKey: () => Promise.resolve(canary),
};

/** The forms in which a value may leak: as it is, base64 at each of the three offsets, hex, URL. */
const forms = [
  canary,
  ...[0, 1, 2].map((offset) =>
    Buffer.from('x'.repeat(offset) + canary)
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, -4),
  ),
  Buffer.from(canary).toString('hex'),
  encodeURIComponent(`p@${canary}`),
];
const leaks = (text: string) => forms.filter((form) => text.includes(form));

async function textsBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
  );
}

const parts = (space: string, template = '${{ keys.password }}@db'): Parts => ({
  a: {
    yaml: namespace(space) + deployment(space, 'web'),
    secrets: [
      {
        name: 'made',
        namespace: space,
        keys: {
          password: { generate: 'password', length: 17, alphabet: 'alphanumeric' },
          key: { generate: 'ed25519' },
          url: { template },
        },
      },
    ],
  },
});
const dataOf = async (space: string) => (await rig.get('v1', 'Secret', 'made', space))?.['data'];
function decoded(data: Json | undefined, key: string): string {
  const value = fieldAt(data, key);
  return Buffer.from(typeof value === 'string' ? value : '', 'base64').toString();
}

describe('generated secrets', () => {
  it('are in the cluster and nowhere else', async () => {
    for (const form of forms) expect(leaks(`before ${form} after`)).toContain(form);
    const ctx = testContext();
    const first = await rig.run('leaks', parts('leaks'), { secrets: canaries }, ctx);
    expect(first.problems).toEqual([]);
    expect(decoded(await dataOf('leaks'), 'url')).toBe(`${canary}@db`);
    const inCluster = await Promise.all(
      ['ConfigMap', 'Event'].map((kind) => rig.cluster().list({ apiVersion: 'v1', kind }, ctx)),
    );
    const told = [
      JSON.stringify(ctx.events),
      JSON.stringify(first),
      JSON.stringify(inCluster),
      JSON.stringify(await status('leaks', rig.cluster(), ctx)),
    ];
    for (const text of [...told, ...(await textsBelow(rig.directory()))]) expect(leaks(text)).toEqual([]);
  });

  it('do not leak when making them fails', async () => {
    const ctx = testContext();
    const broken = await rig.run('broken', parts('broken', '${{ keys.password.nope }}'), { secrets: canaries }, ctx);
    expect(broken.problems).toMatchObject([{ code: 'E_DEPLOY_SECRET' }]);
    const refused = await rig.run(
      'refused',
      { a: { secrets: [{ name: 'Not_A_Name', namespace: 'default', keys: { password: { generate: 'uuid' } } }] } },
      { secrets: canaries },
      ctx,
    );
    expect(refused.problems).toMatchObject([{ code: 'E_DEPLOY_SECRET' }]);
    for (const text of [JSON.stringify([broken, refused, ctx.events]), ...(await textsBelow(rig.directory()))])
      expect(leaks(text)).toEqual([]);
  });

  it('stay as they are, and get only the keys they lack', async () => {
    const ctx = testContext();
    await rig.cluster().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'own' } }, ctx);
    const password = Buffer.from('chosen by a person').toString('base64');
    await rig
      .cluster()
      .create(
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'made', namespace: 'own' }, data: { password } },
        ctx,
      );
    expect((await rig.run('own', parts('own'))).problems).toEqual([]);
    const data = await dataOf('own');
    expect(decoded(data, 'password')).toBe('chosen by a person');
    expect(decoded(data, 'url')).toBe('chosen by a person@db');
    expect(decoded(data, 'key')).toContain('PRIVATE KEY');
    expect(await rig.run('own', parts('own'))).toMatchObject({ outcome: 'unchanged', requests: { mutating: 0 } });
    expect(await dataOf('own')).toEqual(data);
  });
});
