import type { RenderedObject } from './rendered.ts';

/** What becomes of an object: it is applied in a phase, or withheld from a deploy with a reason. */
export type Placement =
  | { readonly kind: 'apply'; readonly phase: RenderedObject['phase']; readonly weight: number }
  | { readonly kind: 'withhold'; readonly reason: string };

/**
 * Reads Helm's hook annotations (https://helm.sh/docs/topics/charts_hooks). An object with several hooks takes the first phase in which an
 * installation needs it: `pre-upgrade,pre-install` is a `pre` object. Upgrades are deploys here, so hooks for upgrades alone, as those for deletion,
 * rollback and tests, are withheld. `helm.sh/hook-delete-policy` stays on the object as it is: a deploy decides when a finished hook may be replaced.
 */
export function placementOf(annotations: Readonly<Record<string, string>>): Placement {
  const hook = annotations['helm.sh/hook'];
  if (hook === undefined) return { kind: 'apply', phase: 'main', weight: 0 };
  const names = hook.split(',').map((name) => name.trim().toLowerCase());
  const weight = weightOf(annotations['helm.sh/hook-weight']);
  if (names.includes('pre-install') || names.includes('crd-install')) return { kind: 'apply', phase: 'pre', weight };
  if (names.includes('post-install')) return { kind: 'apply', phase: 'post', weight };
  return { kind: 'withhold', reason: reasons[names[0] ?? ''] ?? `unknown Helm hook ${JSON.stringify(hook)}` };
}

const reasons: Readonly<Record<string, string>> = {
  test: 'Helm test hook',
  'test-success': 'Helm test hook',
  'test-failure': 'Helm test hook',
  'pre-delete': 'Helm hook for deletion',
  'post-delete': 'Helm hook for deletion',
  'pre-rollback': 'Helm hook for rollback',
  'post-rollback': 'Helm hook for rollback',
  'pre-upgrade': 'Helm hook for upgrades only',
  'post-upgrade': 'Helm hook for upgrades only',
};

/** Helm reads weights as integers and takes 0 for anything else. */
function weightOf(text: string | undefined): number {
  return text !== undefined && /^[-+]?\d+$/.test(text.trim()) ? Number(text) : 0;
}
