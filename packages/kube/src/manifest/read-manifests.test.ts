import { ForgeError } from '@cluster-forge/base';
import { describe, expect, it } from 'vitest';
import { manifestOf, readManifests } from './read-manifests.ts';

const plain =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: ns\n  labels: {x: "1"}\n  annotations:\n    k: |\n      two\n      lines\ndata:\n  on: "yes"\n';

describe('readManifests', () => {
  it('reads identity, labels and annotations from the head', () => {
    const [manifest] = readManifests(plain, 'a.yaml');
    expect(manifest).toMatchObject({
      id: { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'ns' },
      labels: { x: '1' },
      annotations: { k: 'two\nlines\n' },
      origin: { file: 'a.yaml', line: 1 },
      text: plain,
    });
  });

  it('does not read the body before it is asked for', () => {
    const [manifest] = readManifests('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: ]broken\n', 'a.yaml');
    expect(manifest?.id.name).toBe('a');
    expect(() => manifest?.object).toThrow(expect.objectContaining({ code: 'E_MANIFEST_YAML' }));
  });

  const same: readonly { readonly name: string; readonly text: string }[] = [
    { name: 'keys in another order', text: 'metadata:\n  name: a\n  namespace: ns\nkind: K\napiVersion: v1\n' },
    { name: 'flow style', text: '{"apiVersion": "v1", "kind": "K", "metadata": {"name": "a", "namespace": "ns"}}' },
    { name: 'indented top level', text: '  apiVersion: v1\n  kind: K\n  metadata:\n    name: a\n    namespace: ns\n' },
    { name: 'quoted keys', text: '"apiVersion": v1\n\'kind\': K\nmetadata:\n  "name": a\n  namespace: ns\n' },
    {
      name: 'anchors from the body',
      text: 'x: &n ns\napiVersion: v1\nkind: K\nmetadata:\n  name: a\n  namespace: *n\n',
    },
    {
      name: 'merge at top level',
      text: 'x: &x {kind: K, apiVersion: v1}\n<<: *x\nmetadata: {name: a, namespace: ns}\n',
    },
    {
      name: 'a key given twice, the last wins',
      text: 'apiVersion: v1\nkind: Old\nkind: K\nmetadata: {name: a, namespace: ns}\n',
    },
    {
      name: 'quoted text at column 0 that looks like a key',
      text: 'x: "\nkind: Fake\n "\napiVersion: v1\nkind: K\nmetadata: {name: a, namespace: ns}\n',
    },
    {
      name: 'quoted text at column 0 that looks like a key behind the real one',
      text: 'apiVersion: v1\nkind: K\nmetadata: {name: a, namespace: ns}\nx: "\nkind: Fake\nz: y"\n',
    },
    {
      name: 'tabs and comments',
      text: 'apiVersion:\tv1 # c\nkind: K\t\nmetadata:\n  # c\n  name: a\n\n  namespace: ns\n',
    },
    { name: 'CRLF', text: 'apiVersion: v1\r\nkind: K\r\nmetadata:\r\n  name: a\r\n  namespace: ns\r\n' },
    { name: 'tags', text: 'apiVersion: !!str v1\nkind: K\nmetadata: !!map\n  name: a\n  namespace: ns\n' },
    { name: 'explicit keys', text: '? apiVersion\n: v1\n? kind\n: K\n? metadata\n: {name: a, namespace: ns}\n' },
    {
      name: 'lists at column 0 and closing brackets',
      text: 'apiVersion: v1\nitems:\n- kind: X\nkind: K\nmetadata: {\n  name: a, namespace: ns\n}\n',
    },
  ];
  it.each(same)('reads the same identity from $name', ({ text }) => {
    const [manifest] = readManifests(text, 'a.yaml');
    expect(manifest?.id).toEqual({ apiVersion: 'v1', kind: 'K', name: 'a', namespace: 'ns' });
    expect(manifest?.object.metadata.name).toBe('a');
  });

  it('replaces Lists by their items', () => {
    const text =
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n- apiVersion: v1\n  kind: ConfigMapList\n  items:\n  - metadata: {name: b}\n';
    const ids = readManifests(`---\n${text}`, 'l.yaml').map(({ id, origin }) => [id.kind, id.name, origin?.line]);
    expect(ids).toEqual([
      ['Secret', 'a', 2],
      ['ConfigMap', 'b', 2],
    ]);
  });

  it('leaves out documents that are null', () => {
    expect(readManifests('null\n---\n~\n---\n# only words\n', 'a.yaml')).toEqual([]);
  });

  const broken: readonly {
    readonly name: string;
    readonly text: string;
    readonly what: RegExp;
    readonly code?: string;
    readonly line: number;
  }[] = [
    { name: 'no kind', text: '\napiVersion: v1\nmetadata: {name: a}\n', what: /no kind/, line: 1 },
    { name: 'no name', text: 'apiVersion: v1\nkind: K\nmetadata: {}\n', what: /no metadata.name/, line: 1 },
    { name: 'a list', text: '- a\n- b\n', what: /not a map/, line: 1 },
    {
      name: 'a number for a name',
      text: 'apiVersion: v1\nkind: K\nmetadata: {name: 010}\n',
      what: /metadata.name is 8/,
      line: 1,
    },
    { name: 'generateName', text: 'apiVersion: v1\nkind: K\nmetadata: {generateName: a-}\n', what: /"a-\*"/, line: 1 },
    { name: 'broken YAML', text: 'apiVersion: v1\nkind: K\nmetadata:\n  name: "a\n', what: /not valid YAML/, line: 5 },
    {
      name: 'a bomb',
      text: `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(10)}]\n`)}`,
      what: /aliases/,
      code: 'E_MANIFEST_LIMIT',
      line: 4,
    },
    {
      name: 'depth',
      text: `a: ${'['.repeat(200)}${']'.repeat(200)}\n`,
      what: /deeper/,
      code: 'E_MANIFEST_LIMIT',
      line: 1,
    },
  ];
  it.each(broken)('refuses $name', ({ text, what, line, code = 'E_MANIFEST_YAML' }) => {
    expect(() => readManifests(text, 'a.yaml')).toThrow(
      expect.objectContaining({
        code,
        problem: expect.objectContaining({
          what: expect.stringMatching(what),
          where: expect.objectContaining({ file: 'a.yaml', line }),
        }),
      }),
    );
  });

  it('tells all broken documents at once', () => {
    const error = (() => {
      try {
        return readManifests('a: 1\n---\n- b\n---\napiVersion: v1\nkind: K\nmetadata: {name: a}\n', 'a.yaml');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ForgeError);
    expect(error instanceof ForgeError ? error.diagnostics.map(({ where }) => where?.line) : []).toEqual([1, 3]);
  });
});

describe('manifestOf', () => {
  it('prints what reads back', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'on', labels: { a: '1.0' } },
      data: { x: 'a\n b\n' },
    };
    const manifest = manifestOf(object);
    expect(manifest.id).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', name: 'on' });
    expect(readManifests(manifest.text, 'x')[0]?.object).toEqual(object);
  });
});
