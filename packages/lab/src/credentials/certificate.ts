import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { bits, boolean, octets, oid, sequence, set, tagged, time, unsigned, utf8 } from './der.ts';

/** A certificate and its key as PEM text. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Who a certificate speaks for. `organizations` are groups to Kubernetes. */
export interface Subject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
}

/** What a leaf certificate is for; a server also says under which names and IPv4 addresses it answers. */
export type Purpose =
  | { readonly kind: 'client' }
  | { readonly kind: 'server'; readonly dns: readonly string[]; readonly ips: readonly string[] };

/** Days a lab's certificates last. A lab is thrown away long before. */
const days = 365;

/** A self-signed P-256 authority (RFC 5280), made in the process so that a lab needs no openssl. */
export function createAuthority(commonName: string, now: number): KeyPair {
  const keys = freshKeys();
  const subject = { commonName };
  const extensions = [
    extension('2.5.29.19', true, sequence(boolean(true))),
    // keyCertSign and cRLSign.
    extension('2.5.29.15', true, bits(Buffer.of(0x06), 1)),
    extension('2.5.29.14', false, octets(keyId(keys.publicKey))),
  ];
  return pair(
    keys.privateKey,
    certificate({ subject, issuer: subject, publicKey: keys.publicKey, extensions, now }, keys.privateKey),
  );
}

/** A certificate for one server or one client, signed by `authority`, with a fresh P-256 key. */
export function issue(
  authority: KeyPair & { readonly commonName: string },
  subject: Subject,
  purpose: Purpose,
  now: number,
): KeyPair {
  const keys = freshKeys();
  const authorityKey = createPrivateKey(authority.key);
  const extensions = [
    extension('2.5.29.19', true, sequence()),
    // digitalSignature.
    extension('2.5.29.15', true, bits(Buffer.of(0x80), 7)),
    extension('2.5.29.37', false, sequence(oid(purpose.kind === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.35', false, sequence(tagged(0, keyId(createPublicKey(authorityKey)), 'primitive'))),
    ...(purpose.kind === 'server' ? [extension('2.5.29.17', false, alternativeNames(purpose.dns, purpose.ips))] : []),
  ];
  const issuer = { commonName: authority.commonName };
  return pair(
    keys.privateKey,
    certificate({ subject, issuer, publicKey: keys.publicKey, extensions, now }, authorityKey),
  );
}

/** A fresh P-256 key, PEM: Kubernetes signs service account tokens with it (ES256). */
export function createSigningKey(): { readonly key: string; readonly publicKey: string } {
  const keys = freshKeys();
  return {
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function freshKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

interface Draft {
  readonly subject: Subject;
  readonly issuer: Subject;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly now: number;
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

function certificate({ subject, issuer, publicKey, extensions, now }: Draft, signer: KeyObject): Buffer {
  // A minute back, for programs whose clock lags.
  const validity = sequence(time(new Date(now - 60_000)), time(new Date(now + days * 86_400_000)));
  const body = sequence(
    tagged(0, unsigned(Buffer.of(2)), 'constructed'),
    unsigned(Buffer.concat([Buffer.of(0x01), randomBytes(15)])),
    ecdsaWithSha256,
    name(issuer),
    validity,
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions), 'constructed'),
  );
  return sequence(body, ecdsaWithSha256, bits(sign('sha256', body, signer)));
}

function name({ commonName, organizations = [] }: Subject): Buffer {
  const attribute = (type: string, value: string) => set(sequence(oid(type), utf8(value)));
  return sequence(
    ...organizations.map((organization) => attribute('2.5.4.10', organization)),
    attribute('2.5.4.3', commonName),
  );
}

function alternativeNames(dns: readonly string[], ips: readonly string[]): Buffer {
  return sequence(
    ...dns.map((host) => tagged(2, Buffer.from(host), 'primitive')),
    ...ips.map((ip) => tagged(7, Buffer.from(ip.split('.').map(Number)), 'primitive')),
  );
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

/** RFC 5280 section 4.2.1.2, method 1 over the whole key info, which is as unique. */
function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function pair(key: KeyObject, der: Buffer): KeyPair {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
