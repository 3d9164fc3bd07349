import { runTask, sortDiagnostics, type Diagnostic, type Result } from '@cluster-forge/base';
import type { PlatformRequest } from './config/request.ts';
import type { Platform } from './config/platform.ts';
import type { ForgeContext } from './context.ts';
import { lineErrors } from './errors.ts';
import type { SourceTree } from './mine/lock.ts';
import type { MineOptions } from './mine/mine.ts';
import type { Release } from './plan/release.ts';
import type { Rendered } from './smelt/rendered.ts';

/** What a run of the line works on. */
export interface LineRequest {
  readonly platform: PlatformRequest;
  readonly mine: MineOptions;
  /** Kubernetes version that charts are rendered and objects are checked for, such as `1.36.3`. */
  readonly kubeVersion: string;
}

/** A platform with its sources on this computer. */
export interface Mined {
  readonly platform: Platform;
  readonly sources: SourceTree;
}

/** A platform with its objects, as they stand in `working/`. */
export interface Smelted extends Mined {
  readonly rendered: readonly Rendered[];
}

/** A platform that is ready to go anywhere. */
export interface Prepared extends Smelted {
  readonly findings: readonly Diagnostic[];
  readonly release: Release;
}

// Each stage is loaded when it is reached: a command that stops at mine pays for nothing behind it.

/** Merges the layers of a platform. Throws E_LINE_PROBLEMS with every problem of its files. */
export async function load(request: LineRequest, ctx: ForgeContext): Promise<Platform> {
  const { loadPlatform } = await import('./config/config.ts');
  return runTask({ id: 'load', title: 'Load platform' }, ctx, async (task) => {
    const platform = accept('the configuration', await loadPlatform(request.platform, ctx), ctx);
    task.update({ detail: `${platform.name}, ${platform.components.length} components` });
    return platform;
  });
}

/** Load and mine. */
export async function loadAndMine(request: LineRequest, ctx: ForgeContext): Promise<Mined> {
  const platform = await load(request, ctx);
  const { mine } = await import('./mine/mine.ts');
  return { platform, sources: accept('the sources', await mine(platform, request.mine, ctx), ctx) };
}

/** Load, mine and smelt. */
export async function loadToSmelt(request: LineRequest, ctx: ForgeContext): Promise<Smelted> {
  const mined = await loadAndMine(request, ctx);
  const { smelt } = await import('./smelt/smelt.ts');
  const rendered = await smelt(mined.platform, mined.sources, { kubeVersion: request.kubeVersion }, ctx);
  return { ...mined, rendered: accept('the rendered objects', rendered, ctx) };
}

/** The whole line up to a release. Findings of check are handed over, whatever they are; the caller decides whether errors stop it. */
export async function prepare(request: LineRequest, ctx: ForgeContext): Promise<Prepared> {
  const smelted = await loadToSmelt(request, ctx);
  const findings = await checkAll(smelted, request, ctx);
  return { ...smelted, findings, release: await planAll(smelted, ctx) };
}

async function checkAll({ platform, rendered }: Smelted, request: LineRequest, ctx: ForgeContext) {
  const { check } = await import('./check/check.ts');
  return runTask({ id: 'check', title: 'Check objects' }, ctx, async () =>
    sortDiagnostics(check(rendered, platform, { kubernetesVersion: request.kubeVersion })),
  );
}

async function planAll({ platform, sources, rendered }: Smelted, ctx: ForgeContext): Promise<Release> {
  const [{ plan }, { release }] = await Promise.all([import('./plan/plan.ts'), import('./plan/release.ts')]);
  return runTask({ id: 'plan', title: 'Plan the order' }, ctx, async () => {
    const graph = accept('the order', plan(platform, rendered), ctx);
    return release(platform, sources.lock, rendered, graph);
  });
}

/** Throws E_LINE_PROBLEMS when a finding is an error. */
export function refuseErrors(findings: readonly Diagnostic[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw problems('the objects', errors);
}

/** The value of a stage; its warnings are told, its problems thrown together. */
export function accept<Value>(subject: string, result: Result<Value>, ctx: ForgeContext): Value {
  if (!result.ok) throw problems(subject, result.failure);
  for (const diagnostic of result.warnings) ctx.host.emit({ kind: 'diagnostic', at: ctx.clock.now(), diagnostic });
  return result.value;
}

function problems(subject: string, diagnostics: readonly Diagnostic[]): Error {
  const count = diagnostics.length === 1 ? 'one problem' : `${diagnostics.length} problems`;
  return lineErrors.E_LINE_PROBLEMS({ what: `${count} in ${subject}` }, { diagnostics: sortDiagnostics(diagnostics) });
}
