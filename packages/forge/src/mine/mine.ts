import { homedir } from 'node:os';
import { join } from 'node:path';
import { ForgeError, diagnosticsOf, failed, ok, runTask, type Diagnostic, type Result } from '@cluster-forge/base';
import { pool } from '@cluster-forge/base/exec/pool';
import type { Platform } from '../config/platform.ts';
import type { ForgeContext } from '../context.ts';
import { mineErrors } from './errors.ts';
import { kindOf } from './kinds.ts';
import { lockPath, readLock, writeLock } from './lock-file.ts';
import type { Lock, LockedSource, MinedSource, SourceTree } from './lock.ts';
import type { GitAccess, MineContext } from './source-kind.ts';
import { pinSources, unlocked, type Pinned, type PinOptions } from './pins.ts';

export interface MineOptions extends PinOptions {
  /** Directory with Docker's `config.json`, whose credentials are used for registries. Default: `$DOCKER_CONFIG`, else `~/.docker`. */
  readonly dockerConfig?: string;
  /** Default: public https servers, without credentials. */
  readonly git?: GitAccess;
}

/** Most of the time goes into waiting for servers; more at once gains nothing and annoys them. */
const parallelSources = 16;

/**
 * Brings every source of a platform into the store and writes the lock. What the lock already pins comes from the store without any network, or from
 * the pinned address with exactly the pinned digest. The lock is written only when every source succeeded; what was fetched until a failure stays
 * in the store, so that the next run goes on from there. All problems come back at once; cancellation throws.
 */
export async function mine(platform: Platform, options: MineOptions, ctx: ForgeContext): Promise<Result<SourceTree>> {
  const path = lockPath(platform);
  const lock = await readLock(path);
  if (!lock.ok) return lock;
  const pinned = pinSources(
    platform.components.flatMap(({ sources }) => sources),
    lock.value,
    options,
  );
  const refused = options.locked === true ? unlocked(pinned, lock.value) : [];
  if (refused.length > 0) return failed(refused);
  const outcomes = await bringAll(pinned, options, ctx);
  const problems = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.failure));
  if (problems.length > 0) return failed(problems);
  const tree = treeOf(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])));
  if (options.locked !== true) await writeLock(path, tree.lock);
  return ok(tree);
}

interface Outcome {
  readonly locked: LockedSource;
  readonly mined: MinedSource;
}

async function bringAll(
  pinned: readonly Pinned[],
  options: MineOptions,
  ctx: ForgeContext,
): Promise<readonly Result<Outcome>[]> {
  const workers = pool(parallelSources);
  const dockerConfig = options.dockerConfig ?? process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  return runTask({ id: 'mine', title: 'Mine sources' }, ctx, async (all) => {
    let done = 0;
    const outcomes = await Promise.all(
      pinned.map(async (one) => {
        const outcome = await workers.run(
          () => bringOne(one, options, { ...ctx, dockerConfig, git: options.git ?? {} }),
          ctx.signal,
        );
        done += 1;
        all.update({ progress: { done, total: pinned.length, unit: 'items' } });
        return outcome;
      }),
    );
    const failures = outcomes.filter(({ ok }) => !ok).length;
    if (failures > 0) all.update({ state: 'failed', detail: `${failures} of ${pinned.length} sources` });
    return outcomes;
  });
}

async function bringOne(one: Pinned, options: MineOptions, ctx: Omit<MineContext, 'task'>): Promise<Result<Outcome>> {
  const { source, request, pin } = one;
  try {
    const title = `${source.id.slice(0, source.id.lastIndexOf('/'))} (${source.kind})`;
    const brought = await runTask({ id: `mine/${source.id}`, parent: 'mine', title }, ctx, (task) =>
      kindOf(source).bring(source, pin, { ...ctx, task }),
    );
    const { path, form, ...facts } = brought;
    if (options.locked === true && pin?.digest !== facts.digest) return failed([changed(one, facts.digest)]);
    const { id, kind } = source;
    return ok({ locked: { id, kind, request, ...facts }, mined: { id, digest: facts.digest, path, form } });
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof ForgeError)) throw error;
    return failed(diagnosticsOf(error).map((diagnostic) => placed(diagnostic, one)));
  }
}

/** A finding of a source always says which source, and the line that asks for it when no line of another file is to blame. */
function placed(diagnostic: Diagnostic, { source }: Pinned): Diagnostic {
  const why = diagnostic.why === undefined ? `source ${source.id}` : `${diagnostic.why} (source ${source.id})`;
  const { where, related = [] } = diagnostic;
  if (where?.line !== undefined) return { ...diagnostic, why };
  return { ...diagnostic, why, where: source.where, related: where === undefined ? related : [where, ...related] };
}

function changed({ source, pin }: Pinned, found: string): Diagnostic {
  return mineErrors.E_MINE_CHANGED.diagnostic({
    what: `source ${source.id} has other bytes than forge.lock`,
    why: `locked is ${pin?.digest}, found is ${found}`,
    where: source.where,
    fix: 'run `forge mine` without --locked and commit forge.lock, or restore the files',
  });
}

function treeOf(outcomes: readonly Outcome[]): SourceTree {
  const sources = outcomes.map(({ locked }) => locked).sort((a, b) => (a.id < b.id ? -1 : 1));
  const lock: Lock = { version: 1, sources };
  return { lock, trees: new Map(outcomes.map(({ mined }) => [mined.id, mined])) };
}
