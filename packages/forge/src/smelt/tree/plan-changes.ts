import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '@cluster-forge/base';
import type { Digest } from '@cluster-forge/base/hash';
import type { Manifest } from '@cluster-forge/kube/manifest/manifest';
import { smeltErrors } from '../errors.ts';
import type { WorkingIndex, WrittenFile } from './index-file.ts';

/** What one component's folder should hold. */
export interface WorkingComponent {
  readonly name: string;
  readonly fingerprint: Digest;
  /** File name to object. */
  readonly files: ReadonlyMap<string, Manifest>;
}

/** What has to be done to a folder, and what was found edited. */
export interface Changes {
  readonly component: string;
  readonly fingerprint?: Digest;
  readonly writes: readonly { readonly file: string; readonly text: string; readonly sha256: string }[];
  readonly removes: readonly string[];
  /** Files that are as they should be. */
  readonly keeps: Readonly<Record<string, WrittenFile>>;
  readonly warnings: readonly Diagnostic[];
}

type Recorded = WorkingIndex['components'][string];

/** Compares a component with its folder. undefined: nothing was touched since the same objects were written; no content was read to know that. */
export function planComponent(
  root: string,
  component: WorkingComponent,
  recorded: Recorded | undefined,
): Changes | undefined {
  const disk = statFolder(join(root, component.name));
  const isComplete = recorded !== undefined && [...component.files.keys()].every((file) => file in recorded.files);
  if (isComplete && recorded.fingerprint === component.fingerprint && isUntouched(recorded, disk)) return undefined;
  const folder = { root, component: component.name, recorded: recorded?.files ?? {}, disk };
  const decisions = [...component.files].map(([file, manifest]) => decide(file, manifest, folder));
  const leftovers = planRemovals(folder, (file) => !component.files.has(file));
  return {
    component: component.name,
    fingerprint: component.fingerprint,
    writes: decisions.flatMap((decision) => (decision.kind === 'write' ? [decision] : [])),
    removes: leftovers.removes,
    keeps: Object.fromEntries(
      decisions.flatMap((decision) => (decision.kind === 'keep' ? [[decision.file, decision.known]] : [])),
    ),
    warnings: [
      ...decisions.flatMap((decision) => (decision.kind === 'edited' ? [decision.warning] : [])),
      ...leftovers.warnings,
    ],
  };
}

/** Removes what smelt wrote for a component that is gone; edited files stay. */
export function planGone(root: string, component: string, recorded: Recorded): Changes {
  const folder = { root, component, recorded: recorded.files, disk: statFolder(join(root, component)) };
  return { component, writes: [], keeps: {}, ...planRemovals(folder, () => true) };
}

interface Folder {
  readonly root: string;
  readonly component: string;
  readonly recorded: Readonly<Record<string, WrittenFile>>;
  readonly disk: ReadonlyMap<string, DiskFile>;
}

interface DiskFile {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly isFile: boolean;
}

type Decision =
  | { readonly kind: 'write'; readonly file: string; readonly text: string; readonly sha256: string }
  | { readonly kind: 'keep'; readonly file: string; readonly known: WrittenFile }
  | { readonly kind: 'edited'; readonly file: string; readonly warning: Diagnostic };

function decide(file: string, manifest: Manifest, folder: Folder): Decision {
  const text = manifest.text.endsWith('\n') ? manifest.text : `${manifest.text}\n`;
  const sha256 = hashOf(text);
  const present = folder.disk.get(file);
  if (present === undefined) return { kind: 'write', file, text, sha256 };
  const found = present.isFile ? contentHash(file, present, folder) : undefined;
  if (found === sha256)
    return { kind: 'keep', file, known: { sha256, sizeBytes: present.sizeBytes, mtimeMs: present.mtimeMs } };
  const isOurs = found !== undefined && found === folder.recorded[file]?.sha256;
  // A power cut may leave a file that was just made without its content; nobody edits a manifest into nothing.
  if (isOurs || (present.isFile && present.sizeBytes === 0)) return { kind: 'write', file, text, sha256 };
  return { kind: 'edited', file, warning: edited(file, folder) };
}

function planRemovals(folder: Folder, isSurplus: (file: string) => boolean): Pick<Changes, 'removes' | 'warnings'> {
  const surplus = Object.keys(folder.recorded).filter((file) => isSurplus(file) && folder.disk.has(file));
  const isOurs = (file: string) => {
    const present = folder.disk.get(file);
    return present?.isFile === true && contentHash(file, present, folder) === folder.recorded[file]?.sha256;
  };
  return {
    removes: surplus.filter(isOurs),
    warnings: surplus.filter((file) => !isOurs(file)).map((file) => edited(file, folder)),
  };
}

/** Hash of what is on disk; taken from the index when size and time say that it is what was written. */
function contentHash(file: string, present: DiskFile, { root, component, recorded }: Folder): string {
  const known = recorded[file];
  const isSame = known?.sizeBytes === present.sizeBytes && known.mtimeMs === present.mtimeMs;
  return isSame ? known.sha256 : hashOf(readFileSync(join(root, component, file)));
}

function isUntouched(recorded: Recorded, disk: ReadonlyMap<string, DiskFile>): boolean {
  return Object.entries(recorded.files).every(([file, known]) => {
    const present = disk.get(file);
    return present?.isFile === true && present.sizeBytes === known.sizeBytes && present.mtimeMs === known.mtimeMs;
  });
}

/** Sizes and times of a folder's entries, without following links. Hundreds of small calls: synchronous ones are several times faster. */
function statFolder(path: string): ReadonlyMap<string, DiskFile> {
  let names: readonly string[];
  try {
    names = readdirSync(path);
  } catch {
    return new Map();
  }
  return new Map(
    names.map((name) => {
      const facts = lstatSync(join(path, name));
      return [name, { sizeBytes: facts.size, mtimeMs: facts.mtimeMs, isFile: facts.isFile() }];
    }),
  );
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function edited(file: string, { root, component }: Folder): Diagnostic {
  return smeltErrors.E_SMELT_EDITED.warning({
    what: `${component}/${file} was changed by hand and is left as it is`,
    why: 'smelt wrote something else there, or did not write it at all; what is deployed does not come from this file',
    where: { file: join(root, component, file) },
    fix: 'move the change into the values or a template of the component, then delete the file and run smelt again',
  });
}
