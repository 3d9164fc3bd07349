import { systemClock } from '@cluster-forge/base';
import { digestOf } from '@cluster-forge/base/hash';
import { manifestOfText } from '@cluster-forge/kube/manifest/read-manifests';
import { writeTree } from './write-tree.ts';

/** A program for write-tree.test.ts: changes a tree and is killed on the way by a failpoint. */
const root = process.env['TREE'] ?? '';
const object = (name: string) =>
  [
    `${name}.yaml`,
    manifestOfText(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {v: 2}\n`),
  ] as const;
const files = new Map([object('x'), object('new')]);
const ctx = {
  signal: new AbortController().signal,
  clock: systemClock,
  host: { emit: () => undefined, ask: () => Promise.reject(new Error('nobody')) },
};
await writeTree(root, [{ name: 'a', fingerprint: digestOf('new'), files }], ctx);
