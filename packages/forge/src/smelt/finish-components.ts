import { parseDigest, type Digest } from '@cluster-forge/base/hash';
import type { ForgeContext } from '../context.ts';
import { decodeFinished, encodeFinished } from './finished-text.ts';
import { finish, type FinishedObject } from './finish.ts';
import { finishedFingerprint } from './fingerprint.ts';
import type { Rendering } from './render-components.ts';
import type { Scopes } from './scope.ts';

/** A component's objects with the key under which the store has them. */
export interface Finished {
  readonly fingerprint: Digest;
  readonly objects: readonly FinishedObject[];
  /** They came from the store. */
  readonly cached: boolean;
}

/** Finishes a component, or takes the finished objects from the store: then nothing is rendered and nothing parsed. */
export async function finishComponent(rendering: Rendering, scopes: Scopes, ctx: ForgeContext): Promise<Finished> {
  const { component, uses } = rendering;
  const fingerprint = finishedFingerprint(
    rendering.fingerprint,
    uses.map((kind) => [kind, scopeText(scopes.get(kind))]),
  );
  const stored = await recallFinished(fingerprint, ctx);
  if (stored !== undefined) {
    tellCached(component.name, ctx);
    return { fingerprint, objects: stored, cached: true };
  }
  const objects = finish(component, await rendering.sources(), scopes);
  const { digest } = await ctx.store.put(encodeFinished(objects));
  await ctx.store.remember('smelt', fingerprint, digest);
  return { fingerprint, objects, cached: false };
}

/** Rendered components tell of themselves; those that were not rendered should not be missing from a live view. */
function tellCached(name: string, ctx: ForgeContext): void {
  const at = ctx.clock.now();
  ctx.host.emit({ kind: 'task', at, id: `smelt/${name}`, parent: 'smelt', title: name, state: 'cached' });
}

async function recallFinished(fingerprint: Digest, ctx: ForgeContext): Promise<readonly FinishedObject[] | undefined> {
  const remembered = await ctx.store.recall('smelt', fingerprint);
  const digest = typeof remembered === 'string' ? parseDigest(remembered) : undefined;
  const bytes = digest && (await ctx.store.get(digest));
  return bytes && decodeFinished(bytes);
}

function scopeText(isNamespaced: boolean | undefined): string {
  if (isNamespaced === undefined) return 'unknown';
  return isNamespaced ? 'namespaced' : 'cluster';
}
