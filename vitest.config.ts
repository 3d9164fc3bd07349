import { defineConfig } from 'vitest/config';

/** Random order within a project; projects one after the other, the quick ones first. */
const inGroup = (groupOrder: number) => ({ sequence: { shuffle: true, groupOrder }, environment: 'node' }) as const;

/**
 * `unit` needs nothing but this checkout; `cli` runs the real command line as a child process, which takes its time; `lab` needs the toolchain and one real
 * control plane, started once per run.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...inGroup(0),
          name: 'unit',
          // Nothing here has globals, so files can share a process: half the time.
          isolate: false,
          include: ['{packages,test,bench,scripts}/**/*.test.ts'],
          exclude: ['**/*.lab.test.ts', 'test/cli/**', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          ...inGroup(1),
          name: 'cli',
          include: ['test/cli/**/*.test.ts'],
          exclude: ['**/*.lab.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...inGroup(2),
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
