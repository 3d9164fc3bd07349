import { availableParallelism } from 'node:os';
import {
  ForgeError,
  diagnosticsOf,
  failed,
  isObject,
  ok,
  runTask,
  type Diagnostic,
  type Json,
  type Result,
} from '@cluster-forge/base';
import { pool, type Pool } from '@cluster-forge/base/exec/pool';
import type { Scope } from '@cluster-forge/base/cel/cel';
import type { Digest } from '@cluster-forge/base/hash';
import type { Component, Source } from '../config/platform.ts';
import type { ForgeContext } from '../context.ts';
import type { MinedSource, SourceTree } from '../mine/lock.ts';
import { smeltErrors } from './errors.ts';
import type { RenderedSource } from './finish.ts';
import { componentFingerprint, sourceFingerprint } from './fingerprint.ts';
import { rendererOf } from './renderers.ts';
import { crdScopes, foreignKinds, type Scopes } from './scope.ts';

/** What rendering depends on besides components and bytes. */
export interface RenderSettings {
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  /** What the expressions of a component's templates see. */
  readonly scopeOf: (component: Component) => Scope;
}

/** What must be known of a component before any can be finished. */
export interface Rendering {
  readonly component: Component;
  readonly fingerprint: Digest;
  /** Kinds its CRDs define. */
  readonly defines: Scopes;
  /** Kinds it uses that Kubernetes itself does not have. */
  readonly uses: readonly string[];
  /** Renders, or gives what was rendered already. */
  readonly sources: () => Promise<readonly RenderedSource[]>;
}

/** Programs that render, and what the store remembers of them. */
export interface RenderTools {
  readonly settings: RenderSettings;
  readonly versions: ReadonlyMap<string, string>;
  readonly programs: Pool;
}

/** Resolves the programs that these sources need; an unneeded one need not be there. */
export async function prepareTools(
  components: readonly Component[],
  settings: RenderSettings,
  ctx: ForgeContext,
): Promise<RenderTools> {
  const kinds = new Set(components.flatMap(({ sources }) => sources.map(({ kind }) => kind)));
  const tools = new Set([...kinds].flatMap((kind) => rendererOf(kind).tool ?? []));
  const versions = await Promise.all(
    [...tools].map(async (tool): Promise<[string, string]> => [
      tool,
      `${tool} ${(await ctx.tools.resolve(tool, ctx)).version}`,
    ]),
  );
  return { settings, versions: new Map(versions), programs: pool(availableParallelism()) };
}

/**
 * Learns what one component defines and uses: from the store when it was rendered before with the same inputs, else by rendering it. Findings of all
 * its sources come back at once; cancellation throws.
 */
export async function renderComponent(
  component: Component,
  tree: SourceTree,
  tools: RenderTools,
  ctx: ForgeContext,
): Promise<Result<Rendering>> {
  const mined = component.sources.flatMap((source) => tree.trees.get(source.id) ?? []);
  if (mined.length < component.sources.length) throw new Error(`smelt got no bytes for a source of ${component.name}`);
  const scope = tools.settings.scopeOf(component);
  const fingerprint = componentFingerprint(
    component,
    component.sources.map((source, at) => keyOf(source, mined[at], { component, scope, tools })),
  );
  const sources = once(() => renderSources(component, mined, { scope, tools }, ctx));
  const facts = readFacts(await ctx.store.recall('smelt-facts', fingerprint));
  if (facts !== undefined) return ok({ component, fingerprint, ...facts, sources });
  try {
    const manifests = (await sources()).flatMap(({ objects }) => objects.map(({ manifest }) => manifest));
    const found = { defines: crdScopes(manifests), uses: foreignKinds(manifests) };
    await ctx.store.remember('smelt-facts', fingerprint, {
      defines: [...found.defines].map(([kind, isIn]) => [kind, isIn]),
      uses: found.uses,
    });
    return ok({ component, fingerprint, ...found, sources });
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof ForgeError)) throw error;
    return failed(diagnosticsOf(error));
  }
}

interface Basis {
  readonly scope: Scope;
  readonly tools: RenderTools;
}

function keyOf(
  source: Source,
  mined: MinedSource | undefined,
  { component, scope, tools }: Basis & { component: Component },
): Digest {
  if (mined === undefined) throw new Error(`smelt got no bytes for ${source.id}`);
  const tool = rendererOf(source.kind).tool;
  return sourceFingerprint({
    source,
    digest: mined.digest,
    namespace: component.namespace,
    kubeVersion: tools.settings.kubeVersion,
    apiVersions: tools.settings.apiVersions,
    ...(tool === undefined ? {} : { tool: tools.versions.get(tool) ?? tool }),
    ...(source.kind === 'template' ? { scope: plainScope(scope) } : {}),
  });
}

/** A scope without its absent variables is plain data. */
function plainScope(scope: Scope): Json {
  return Object.fromEntries(Object.entries(scope).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

async function renderSources(
  component: Component,
  mined: readonly MinedSource[],
  { scope, tools }: Basis,
  ctx: ForgeContext,
): Promise<readonly RenderedSource[]> {
  const problems: Diagnostic[] = [];
  const { kubeVersion, apiVersions } = tools.settings;
  const rendered = await runTask(
    { id: `smelt/${component.name}`, parent: 'smelt', title: component.name },
    ctx,
    async (task) => {
      const done = await Promise.all(
        component.sources.map(async (source, at): Promise<RenderedSource> => {
          const bytes = mined[at];
          if (bytes === undefined) return { source, objects: [] };
          const input = { component, source, mined: bytes, kubeVersion, apiVersions, scope };
          const objects = await rendererOf(source.kind)
            .render(input, { ...ctx, task, programs: tools.programs })
            .catch((error: unknown) => {
              ctx.signal.throwIfAborted();
              problems.push(...findingsOf(error, source));
              return [];
            });
          return { source, objects };
        }),
      );
      if (problems.length > 0) throw failure(component, problems);
      return done;
    },
  );
  return rendered;
}

function findingsOf(error: unknown, source: Source): readonly Diagnostic[] {
  if (!(error instanceof ForgeError)) throw error;
  return diagnosticsOf(error).map((diagnostic) => ({ ...diagnostic, where: diagnostic.where ?? source.where }));
}

function failure(component: Component, problems: readonly Diagnostic[]): Error {
  return smeltErrors.E_SMELT_FAILED(
    { what: `component ${component.name} cannot be rendered`, why: `${problems.length} problems` },
    { diagnostics: problems },
  );
}

function readFacts(remembered: Json | undefined): Pick<Rendering, 'defines' | 'uses'> | undefined {
  if (!isObject(remembered)) return undefined;
  const { defines, uses } = remembered;
  if (!Array.isArray(defines) || !Array.isArray(uses)) return undefined;
  // Written by renderComponent under a key that holds the format.
  return { defines: new Map(defines as readonly [string, boolean][]), uses: uses as readonly string[] };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
