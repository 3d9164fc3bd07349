import { X509Certificate, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAuthority, createSigningKey, issue } from './certificate.ts';

const now = Date.parse('2026-01-02T03:04:05Z');
const authority = { commonName: 'lab-ca', ...createAuthority('lab-ca', now) };

test('an authority signs itself and may sign others', () => {
  const parsed = new X509Certificate(authority.certificate);
  expect(parsed.ca).toBe(true);
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(parsed.checkIssued(parsed)).toBe(true);
  expect(parsed.validFromDate.toISOString()).toBe('2026-01-02T03:03:05.000Z');
});

test('a server certificate answers for its names and addresses and no others', () => {
  const parsed = new X509Certificate(
    issue(
      authority,
      { commonName: 'api' },
      { kind: 'server', dns: ['kubernetes.default.svc'], ips: ['127.0.0.1', '10.96.0.1'] },
      now,
    ).certificate,
  );
  expect(parsed.ca).toBe(false);
  expect(parsed.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(parsed.checkIP('10.96.0.1')).toBe('10.96.0.1');
  expect(parsed.checkIP('10.96.0.2')).toBeUndefined();
  expect(parsed.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
  expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
});

test('a client certificate carries user and groups, and its key fits', () => {
  const pair = issue(
    authority,
    { commonName: 'system:kube-scheduler', organizations: ['system:masters', 'others'] },
    { kind: 'client' },
    now,
  );
  const parsed = new X509Certificate(pair.certificate);
  expect(parsed.subject).toBe('O=system:masters\nO=others\nCN=system:kube-scheduler');
  expect(parsed.issuer).toBe('CN=lab-ca');
  expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(parsed.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
});

test('two certificates never share a serial number', () => {
  const serials = [1, 2, 3, 4].map(
    () => new X509Certificate(issue(authority, { commonName: 'x' }, { kind: 'client' }, now).certificate).serialNumber,
  );
  expect(new Set(serials).size).toBe(4);
});

test('a signing key signs what its public half verifies', () => {
  const { key, publicKey } = createSigningKey();
  const signature = sign('sha256', Buffer.from('token'), createPrivateKey(key));
  expect(verify('sha256', Buffer.from('token'), createPublicKey(publicKey), signature)).toBe(true);
});
