import { describe, expect, it } from 'vitest';
import { editMetadata } from './edit.ts';
import { readManifests } from './read-manifests.ts';

const edit = { namespace: 'ns', labels: { 'a/b': 'true' }, annotations: { note: 'two\nlines' } };

describe('editMetadata', () => {
  const kept: readonly { readonly name: string; readonly metadata: string; readonly edited: string }[] = [
    {
      name: 'nothing but a name',
      metadata: 'metadata: # c\n  name: x\n',
      edited:
        'metadata: # c\n  namespace: ns\n  labels:\n    a/b: "true"\n  annotations:\n    note: "two\\nlines"\n  name: x\n',
    },
    {
      name: 'labels and annotations',
      metadata: 'metadata:\n    labels:\n          c: d\n    name: x\n    annotations:\n      e: f\n',
      edited:
        'metadata:\n    namespace: ns\n    labels:\n          a/b: "true"\n          c: d\n    name: x\n    annotations:\n      note: "two\\nlines"\n      e: f\n',
    },
    {
      name: 'a namespace of its own',
      metadata:
        'metadata:\n  name: x\n  namespace: own\n  labels:\n    a/b: "true"\n  annotations: \n    note: "two\\nlines"\n',
      edited:
        'metadata:\n  name: x\n  namespace: own\n  labels:\n    a/b: "true"\n  annotations: \n    note: "two\\nlines"\n',
    },
    {
      name: 'CRLF',
      metadata: 'metadata:\r\n  name: x\r\n',
      edited:
        'metadata:\r\n  namespace: ns\r\n  labels:\r\n    a/b: "true"\r\n  annotations:\r\n    note: "two\\nlines"\r\n  name: x\r\n',
    },
  ];
  it.each(kept)('puts lines into $name', ({ metadata, edited }) => {
    const [before, after] = ['# head\napiVersion: v1\nkind: K\n', 'spec: {a: 010} # tail\n'];
    const [manifest] = readManifests(before + metadata + after, 'x');
    expect(manifest && editMetadata(manifest, edit)).toBe(before + edited + after);
  });

  const unusual: readonly (readonly [string, string])[] = [
    ['flow metadata', 'apiVersion: v1\nkind: K\nmetadata: {name: x, labels: {c: d}}\n'],
    ['flow labels', 'apiVersion: v1\nkind: K\nmetadata:\n  name: x\n  labels: {c: d}\n'],
    ['null labels', 'apiVersion: v1\nkind: K\nmetadata:\n  name: x\n  labels:\n  annotations: ~\n'],
    ['a label to override', 'apiVersion: v1\nkind: K\nmetadata:\n  name: x\n  labels:\n    a/b: old\n    c: d\n'],
    ['JSON', '{"apiVersion": "v1", "kind": "K", "metadata": {"name": "x"}}'],
    [
      'labels of another sort inside an annotation',
      'apiVersion: v1\nkind: K\nmetadata:\n  annotations:\n    x: |\n      labels:\n        a: b\n  name: x\n',
    ],
    ['an anchor', 'apiVersion: v1\nkind: K\nmetadata: &m\n  name: x\nother: *m\n'],
    ['quoted metadata keys', 'apiVersion: v1\nkind: K\nmetadata:\n  name: x\n  "labels":\n    c: d\n'],
  ];
  it.each(unusual)('edits %s to the same effect', (_name, text) => {
    const [manifest] = readManifests(text, 'x');
    const metadata = { ...manifest?.object.metadata };
    const [edited] = readManifests(manifest ? editMetadata(manifest, edit) : '', 'x');
    expect(edited?.object).toEqual({
      ...manifest?.object,
      metadata: {
        ...metadata,
        namespace: 'ns',
        labels: { ...manifest?.labels, ...edit.labels },
        annotations: { ...manifest?.annotations, ...edit.annotations },
      },
    });
  });

  it('returns the text itself when there is nothing to do', () => {
    const [manifest] = readManifests('apiVersion: v1\nkind: K\nmetadata: {name: x, namespace: other}\n', 'x');
    expect(manifest && editMetadata(manifest, { namespace: 'ns' })).toBe(manifest?.text);
  });
});
