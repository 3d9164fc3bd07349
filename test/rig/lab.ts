import { randomUUID } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { startLab, type Lab, type LabOptions } from '@cluster-forge/lab';
import { testContext, type TestContext } from './context.ts';

/** A lab of one test file or of one run. */
export interface PrivateLab {
  readonly lab: Lab;
  readonly ctx: TestContext;
  /** Ends the lab and removes its files. */
  end: () => Promise<void>;
}

/** All test runs of a user share one root, so that a run removes the labs of an earlier one that was killed. */
export const testStateRoot = join(tmpdir(), `forge-test-${userInfo().uid}`);

/** Starts a lab that nobody else uses; `end()` it. */
export async function privateLab(options: Partial<LabOptions> = {}): Promise<PrivateLab> {
  const ctx = testContext();
  const name = `${options.name ?? 'test'}-${randomUUID().slice(0, 8)}`;
  const lab = await startLab({ stateRoot: testStateRoot, ephemeral: true, timeoutMs: 120_000, ...options, name }, ctx);
  return { lab, ctx, end: () => lab.stop(ctx) };
}
