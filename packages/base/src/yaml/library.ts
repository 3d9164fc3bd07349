import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** The `yaml` library, loaded when a file needs it: ordinary files are read without it, and its 40 modules are a tenth of a short command's time. */
export function yamlLibrary(): typeof import('yaml') {
  // The package has the same exports for `require` as for `import`.
  return load('yaml') as typeof import('yaml');
}
