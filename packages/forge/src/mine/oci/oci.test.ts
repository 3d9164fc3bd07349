import { describe, expect, test } from 'vitest';
import { parseChallenge } from './challenge.ts';
import { parseReference } from './reference.ts';

describe('parseReference', () => {
  test.each([
    ['oci://quay.io/jetstack/charts/cert-manager', 'https://quay.io', 'jetstack/charts/cert-manager', 'cert-manager'],
    ['oci://localhost:5000/a/', 'http://localhost:5000', 'a', 'a'],
    ['oci://127.0.0.1/a/b', 'http://127.0.0.1', 'a/b', 'b'],
  ])('%s', (text, origin, repository, chart) => {
    expect(parseReference(text, {})).toMatchObject({ origin, repository, chart });
  });

  test.each([
    'oci://quay.io',
    'oci://quay.io/Upper',
    'oci://quay.io/a:1.0',
    'oci://quay.io/a@sha256:b',
    'oci://q/../a',
    'oci://u:p@h/a',
    'oci:///a',
  ])('refuses %s', (text) => {
    expect(() => parseReference(text, { file: 'x' })).toThrow(expect.objectContaining({ code: 'E_MINE_REGISTRY' }));
  });
});

describe('parseChallenge', () => {
  test('reads quoted and plain parameters of any case', () => {
    expect(parseChallenge('bearer Realm="https://a/t?x=1,2", service=b,scope="repository:c:pull,push"')).toEqual({
      scheme: 'bearer',
      parameters: { realm: 'https://a/t?x=1,2', service: 'b', scope: 'repository:c:pull,push' },
    });
  });

  test.each(['', 'Negotiate', 'Digest realm="a"'])('does not know %j', (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});
