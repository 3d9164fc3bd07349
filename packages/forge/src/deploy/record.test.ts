import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { printRecord, readRecord, type Member, type ReleaseRecord } from './record.ts';

const member = (name: string, digest = 'sha256:0'): Member => ({
  id: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'n', name },
  component: 'a',
  digest,
  order: 1,
});
const record: ReleaseRecord = {
  version: 1,
  platform: 'p',
  number: 7,
  outcome: 'succeeded',
  who: 'me',
  startedAt: '2026-01-01T00:00:00.000Z',
  lockDigest: 'sha256:1',
  graphDigest: 'sha256:2',
  components: { a: 'v1' },
  members: [member('one'), { ...member('two'), uid: 'u', owned: 'f', done: true }],
  rules: [{ group: 'x.io', kind: 'Thing' }],
};

describe('release records', () => {
  it('come back as they were written', () => expect(readRecord(printRecord(record))).toEqual(record));

  it('can be read by people', () => {
    expect(JSON.stringify(printRecord(record)['data'])).toContain('\\"number\\": 7');
  });

  it.each([
    ['another version', { ...record, version: 2 as never }],
    ['no record at all', undefined],
  ])('that are %s are passed over', (_name, value) => {
    const object =
      value === undefined ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } } : printRecord(value);
    expect(readRecord(object)).toBeUndefined();
  });

  it('are refused when they do not fit into a ConfigMap', () => {
    const members = Array.from({ length: 20_000 }, (_, index) => member(`m${index}`, randomBytes(32).toString('hex')));
    expect(() => printRecord({ ...record, members })).toThrow('does not fit into one ConfigMap');
  });
});
