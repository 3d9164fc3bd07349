import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@cluster-forge/base';
import { fieldAt, type KubeObject } from '../../object.ts';
import { createHealthBook } from '../book.ts';
import type { Verdict } from '../verdict.ts';

const classes: Readonly<Record<string, JsonObject>> = {
  late: { volumeBindingMode: 'WaitForFirstConsumer' },
  now: { volumeBindingMode: 'Immediate' },
};

const book = createHealthBook({
  hasStatus: () => true,
  related: (object) => {
    const name = fieldAt(object, 'spec', 'storageClassName');
    const found = typeof name === 'string' ? classes[name] : undefined;
    return found === undefined ? {} : { storageClass: found };
  },
});

interface Case {
  readonly name: string;
  readonly of: string;
  readonly body: { readonly metadata?: JsonObject };
  readonly state: Verdict['state'];
  readonly says?: string;
  readonly peers?: { readonly argo: string; readonly kstatus: string };
}

// The file's shape is what this test asserts row by row.
const cases = load(readFileSync(new URL('cases.yaml', import.meta.url), 'utf8')) as readonly Case[];

function objectOf({ of, body }: Case): KubeObject {
  const [apiVersion = '', kind = ''] = of.split(' ');
  const { metadata, ...rest } = body;
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'n', generation: 2, ...metadata }, ...rest };
}

describe('built-in health rules', () => {
  it.each(cases)('$name is $state', (row) => {
    const { state, message } = book.assess(objectOf(row));
    expect({ state, message }).toEqual({ state: row.state, message: row.says ?? message });
    expect(message).not.toBe('');
  });
});
