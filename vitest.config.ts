import { defineConfig } from 'vitest/config';

const shared = { sequence: { shuffle: true }, environment: 'node' } as const;

/** `unit` needs nothing but this checkout; `lab` needs the toolchain and one real control plane, started once per run. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{packages,test,bench,scripts}/**/*.test.ts'],
          exclude: ['**/*.lab.test.ts', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'lab',
          include: ['{packages,test}/**/*.lab.test.ts'],
          globalSetup: ['test/rig/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
