import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defineFailpoints, type Context, type Diagnostic } from '@cluster-forge/base';
import { writeError, writeFileAtomic } from '@cluster-forge/base/files/atomic';
import { joinBelow } from '@cluster-forge/base/files/join-below';
import { indexName, readIndex, type WorkingIndex, type WrittenFile } from './index-file.ts';
import { planComponent, planGone, type Changes, type WorkingComponent } from './plan-changes.ts';

const stageName = '.stage';
const commitName = 'commit.json';

export const workingFailpoints = defineFailpoints('smelt', ['stage.after', 'commit.after', 'apply.after']);

/** Everything that turns the old tree into the new one; written down before it is done. */
interface Commit {
  /** Staged name to path below the tree. */
  readonly moves: readonly (readonly [from: string, to: string])[];
  readonly removes: readonly string[];
  readonly index: WorkingIndex;
}

/**
 * Makes `root` hold exactly the objects of the components, and tells which files were edited by hand: those, and files smelt never wrote, are left
 * alone. New files are staged first and moved into place after a record of all moves is safe on disk, so a kill leaves the old tree, or the next
 * call completes the new one. Nothing is written when nothing changed. Throws E_FILE_FULL, E_FILE_WRITE, E_FILE_OUTSIDE.
 */
export async function writeTree(
  root: string,
  components: readonly WorkingComponent[],
  ctx: Context,
): Promise<readonly Diagnostic[]> {
  await recover(root);
  const index = await readIndex(root);
  const names = new Set(components.map(({ name }) => name));
  const gone = Object.entries(index.components).filter(([name]) => !names.has(name));
  await Promise.all(components.map(({ name }) => joinBelow(root, name)));
  const changes = [
    ...components.flatMap((component) => planComponent(root, component, index.components[component.name]) ?? []),
    ...gone.map(([name, recorded]) => planGone(root, name, recorded)),
  ];
  if (changes.length > 0) await commit(root, index, changes, ctx);
  return changes.flatMap(({ warnings }) => warnings);
}

async function commit(root: string, index: WorkingIndex, changes: readonly Changes[], ctx: Context): Promise<void> {
  const stage = join(root, stageName);
  try {
    await mkdir(stage, { recursive: true });
    const plan = stageFiles(root, index, changes, ctx);
    if (isSame(plan, index)) return await rm(stage, { recursive: true, force: true });
    await workingFailpoints.hit('stage.after');
    await writeFileAtomic(join(stage, commitName), JSON.stringify(plan));
    await workingFailpoints.hit('commit.after');
    await apply(root, plan);
  } catch (error) {
    // Without the record nothing has happened yet; with it, the next run completes it.
    if (!existsSync(join(stage, commitName))) await rm(stage, { recursive: true, force: true });
    throw isSystemError(error) ? writeError(root, error) : error;
  }
}

/** Files edited by hand are looked at in every run, but nothing has to be done about them. */
function isSame({ moves, removes, index }: Commit, before: WorkingIndex): boolean {
  return moves.length === 0 && removes.length === 0 && JSON.stringify(index) === JSON.stringify(before);
}

function stageFiles(root: string, index: WorkingIndex, changes: readonly Changes[], ctx: Context): Commit {
  const moves: (readonly [string, string])[] = [];
  const components = { ...index.components };
  for (const { component, fingerprint, writes, keeps } of changes) {
    ctx.signal.throwIfAborted();
    const files: Record<string, WrittenFile> = { ...keeps };
    for (const { file, text, sha256 } of writes) {
      const staged = String(moves.length);
      const path = join(root, stageName, staged);
      writeFileSync(path, text, { flag: 'wx' });
      const { size, mtimeMs } = lstatSync(path);
      files[file] = { sha256, sizeBytes: size, mtimeMs };
      moves.push([staged, `${component}/${file}`]);
    }
    if (fingerprint === undefined) delete components[component];
    else components[component] = { fingerprint, files };
  }
  const removes = changes.flatMap(({ component, removes }) => removes.map((file) => `${component}/${file}`));
  return { moves, removes, index: { version: 1, components: sorted(components) } };
}

/** Can be repeated at any point: a move whose file is no longer staged has been done. */
async function apply(root: string, { moves, removes, index }: Commit): Promise<void> {
  const stage = join(root, stageName);
  for (const folder of new Set(moves.map(([, to]) => dirname(to))))
    mkdirSync(await joinBelow(root, folder), { recursive: true });
  for (const [from, to] of moves) if (existsSync(join(stage, from))) renameSync(join(stage, from), join(root, to));
  await workingFailpoints.hit('apply.after');
  for (const path of removes) rmSync(join(root, path), { force: true });
  for (const folder of new Set(removes.map(dirname))) removeIfEmpty(join(root, folder));
  await writeFileAtomic(join(root, indexName), JSON.stringify(index));
  await rm(stage, { recursive: true, force: true });
}

/** Completes or discards what a killed run left. */
async function recover(root: string): Promise<void> {
  const stage = join(root, stageName);
  if (!existsSync(stage)) return;
  const record = join(stage, commitName);
  // Written by `commit` in one piece.
  if (existsSync(record)) await apply(root, JSON.parse(readFileSync(record, 'utf8')) as Commit);
  else await rm(stage, { recursive: true, force: true });
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Files that are not ours keep the folder.
  }
}

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
