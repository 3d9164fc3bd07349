import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SecretKey, SecretSpec } from '../config/platform.ts';
import { cryptoSecrets, secretValues } from './secret-values.ts';

const spec = (keys: Readonly<Record<string, SecretKey>>): SecretSpec => ({
  name: 's',
  namespace: 'n',
  type: 'Opaque',
  keys,
  where: { file: 'c.yaml' },
});

describe('generated secrets', () => {
  it('make every sort of key', async () => {
    const values = await secretValues(
      spec({
        password: { generate: 'password', length: 24, alphabet: 'alphanumeric' },
        token: { generate: 'password', length: 40, alphabet: 'hex' },
        id: { generate: 'uuid' },
        rsa: { generate: 'rsa' },
        ed: { generate: 'ed25519' },
        user: { value: 'admin' },
        url: { template: 'postgres://${{ keys.user }}:${{ keys.password }}@db/app' },
      }),
      {},
      cryptoSecrets,
    );
    expect(values['password']).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(values['token']).toMatch(/^[0-9a-f]{40}$/);
    expect(values['id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(createPrivateKey(values['rsa'] ?? '').asymmetricKeyType).toBe('rsa');
    expect(createPrivateKey(values['ed'] ?? '').asymmetricKeyType).toBe('ed25519');
    expect(values['url']).toBe(`postgres://admin:${values['password']}@db/app`);
  });

  it('leave known keys alone and use them in templates', async () => {
    const keys = {
      password: { generate: 'password', length: 8, alphabet: 'hex' },
      line: { template: 'p=${{ keys.password }}' },
    } as const;
    expect(await secretValues(spec(keys), { password: 'old' }, cryptoSecrets)).toEqual({ line: 'p=old' });
  });

  it.each(['${{ keys.nope }}', '${{ keys.password + 1 }}', '${{ keys. }}'])(
    'refuse the template %s without telling a value',
    async (template) => {
      const keys: Readonly<Record<string, SecretKey>> = { password: { value: 'canary-value' }, t: { template } };
      const error: unknown = await secretValues(spec(keys), {}, cryptoSecrets).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'E_DEPLOY_SECRET' });
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('canary-value');
    },
  );

  it('draw every character equally often', () => {
    const text = cryptoSecrets.password(62_000, 'alphanumeric');
    const counts = [...Map.groupBy(text.split(''), (character) => character).values()].map(({ length }) => length);
    expect(counts).toHaveLength(62);
    // 1,000 expected each; six standard deviations are 190.
    expect(Math.max(...counts.map((count) => Math.abs(count - 1_000)))).toBeLessThan(190);
  });
});
