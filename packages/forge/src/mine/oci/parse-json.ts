import type { Json } from '@cluster-forge/base';

/** JSON of a server or a configuration file; undefined when it is none. */
export function parseJson(text: Uint8Array | string): Json | undefined {
  try {
    const value: Json = JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}
