import type { Benchmark } from './figure.ts';
import { start } from './start.ts';

/** Every benchmark, in the order of the list that `npm run bench` prints. */
export const benchmarks: readonly Benchmark[] = [start];
