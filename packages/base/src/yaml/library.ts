import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

const load = createRequire(import.meta.url);

/** The `yaml` library, loaded when a file needs it: ordinary files are read without it, and its 40 modules are a tenth of a short command's time. */
export function yamlLibrary(): typeof Yaml {
  // The package has the same exports for `require` as for `import`.
  return load('yaml') as typeof Yaml;
}
