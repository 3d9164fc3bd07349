import { deploy } from './deploy.ts';
import type { Benchmark } from './figure.ts';
import { noop } from './noop.ts';
import { render } from './render.ts';
import { split } from './split.ts';
import { start } from './start.ts';

/** Every benchmark, in the order of the list that `npm run bench` prints. */
export const benchmarks: readonly Benchmark[] = [start, split, render, deploy, noop];
