import type { Json } from '../json.ts';
import { yamlLibrary } from './library.ts';

export interface PrintYamlOptions {
  /** Sort the keys of every map. Default false: as they stand in the value. */
  readonly sorted?: boolean;
}

/**
 * Prints a value as YAML for files that we write. The same value gives the same bytes: no line folding, no anchors. Words that YAML 1.1 would read
 * as something else (`yes`, `0777`) are quoted, so every reader agrees.
 */
export function printYaml(value: Json, options: PrintYamlOptions = {}): string {
  return yamlLibrary().stringify(value, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    compat: 'yaml-1.1',
    sortMapEntries: options.sorted ?? false,
  });
}
