/**
 * Adds to package-lock.json the optional platform packages that the registry of this machine does not carry. npm leaves such packages out of the lock, and
 * `npm ci` then refuses the lock everywhere. Run it after a change of dependencies; entries it adds have no integrity until an npm with a full
 * registry fills it in, and are never installed on the platforms whose packages were there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformOf } from './platform-package.ts';

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface PackageLock {
  packages: Record<string, LockEntry & object>;
}

const file = join(import.meta.dirname, '../package-lock.json');
// npm wrote the file; lockfileVersion 3 has this shape (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json).
const lock = JSON.parse(readFileSync(file, 'utf8')) as PackageLock;

const missing = Object.values(lock.packages).flatMap((entry) =>
  Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, version]) => {
    const platform = platformOf(name);
    const path = `node_modules/${name}`;
    if (lock.packages[path] !== undefined || platform === undefined || !/^\d/.test(version)) return [];
    return [[path, { version, ...platform, ...(entry.dev === true ? { dev: true } : {}), optional: true }] as const];
  }),
);

const sorted = [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(missing.length === 0 ? 'package-lock.json is complete' : `added ${missing.length} platform packages`);
