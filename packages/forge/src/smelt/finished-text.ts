import type { FinishedObject } from './finish.ts';
import { lazyManifest, type ManifestHead } from './lazy-manifest.ts';
import type { Placement } from './hooks.ts';

/** One line per object in the head of a stored result. */
interface StoredObject extends ManifestHead {
  readonly placement: Placement;
  readonly sizeBytes: number;
}

/**
 * A component's finished objects as one blob: a line of JSON with every head, then the texts one after the other. Reading it back parses nothing but
 * that line; a text becomes a string when somebody looks at it.
 */
export function encodeFinished(objects: readonly FinishedObject[]): Uint8Array {
  const texts = objects.map(({ manifest }) => Buffer.from(manifest.text));
  const heads = objects.map(({ manifest: { id, labels, annotations }, placement }, at): StoredObject => {
    return { id, labels, annotations, placement, sizeBytes: texts[at]?.byteLength ?? 0 };
  });
  return Buffer.concat([Buffer.from(`${JSON.stringify(heads)}\n`), ...texts]);
}

/** The objects that `encodeFinished` wrote. The store has proven the bytes by their digest. */
export function decodeFinished(bytes: Uint8Array): readonly FinishedObject[] {
  const blob = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const newline = blob.indexOf(10);
  // Written by encodeFinished under the same digest.
  const heads: readonly StoredObject[] = JSON.parse(blob.toString('utf8', 0, newline));
  let at = newline + 1;
  return heads.map((head) => {
    const [start, end] = [at, at + head.sizeBytes];
    at = end;
    return { manifest: lazyManifest(head, () => blob.toString('utf8', start, end)), placement: head.placement };
  });
}
